"""Laws of templates, over texts that nobody would write."""

import time

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.templates import TemplateFailedError, TemplateRefusedError
from topology.templates.compiling import compile_template
from topology.templates.sandbox import MOST_OUTPUT, Sandbox

VALUES = {
    "a": [1, "x", 2.5, None, True, [1, [2]], {"k": "v"}],
    "b": {"size": 3, "first": [], "k": {"k": "é\ud800"}},
    "c": "2026-03-01T00:00:00Z",
    "d": "<p>&amp;" * 50,
    "n": -7.25,
    "big": 2**60,
}
WRITTEN = """a b c d n big b.k a[0] a.last.k b['k'].k x i nil true empty blank 1 -3 0 2.5 99999999999999999999 '' '%Y'
    'now' 'Europe/Warsaw' forloop forloop.index forloop.parentloop (1..3) (1..big) (n..3)"""
OPERANDS = st.sampled_from(WRITTEN.split())
FILTERS = st.sampled_from(sorted(Sandbox().filters))
FILTERED = st.builds(
    lambda operand, steps: (
        operand + "".join(f" | {name}" + (": " + ", ".join(given) if given else "") for name, given in steps)
    ),
    OPERANDS,
    st.lists(st.tuples(FILTERS, st.lists(OPERANDS, max_size=2)), max_size=4),
)
CONDITIONS = st.builds(
    "{} {} {}".format, OPERANDS, st.sampled_from(["==", "!=", "<", ">=", "contains", "and", "or"]), OPERANDS
)
LEAVES = st.one_of(
    st.builds("{{{{ {} }}}}".format, FILTERED),
    st.builds("{{% assign x = {} %}}".format, FILTERED),
    st.builds("{{% cycle {}, {} %}}".format, OPERANDS, OPERANDS),
    st.builds("{{% increment {} %}}".format, st.sampled_from(["x", "y"])),
    st.sampled_from(
        ["{% break %}", "{% continue %}", "{% else %}", "{%- echo a -%}", "text", "{{", "%}", "{% raw %}"]
    ),
    st.text(max_size=8),
)
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} %}}{}{{% elsif {} %}}{}{{% endif %}}".format, CONDITIONS, inner, CONDITIONS, inner),
        st.builds("{{% unless {} %}}{}{{% endunless %}}".format, CONDITIONS, inner),
        st.builds("{{% for i in {} {} %}}{}{{% endfor %}}".format, OPERANDS,
                  st.sampled_from(["", "reversed", "limit: 2", "offset: n", "limit: big", "offset: continue"]), inner),
        st.builds("{{% case {} %}}{{% when {}, {} %}}{}{{% endcase %}}".format, OPERANDS, OPERANDS, OPERANDS, inner),
        st.builds("{{% capture x %}}{}{{% endcapture %}}".format, inner),
    ),
    max_leaves=12,
)  # fmt: skip


@given(TEXTS)
def test_any_text(text: str) -> None:
    """A text is refused, fails, or becomes the same text twice, soon and within its bounds."""
    begin = time.process_time()
    try:
        template = compile_template(text)
        filled = template.fill(VALUES)
    except (TemplateRefusedError, TemplateFailedError):
        filled = None
    else:
        assert filled == template.fill(VALUES)
        assert len(filled.encode("utf-8", "surrogatepass")) <= MOST_OUTPUT
    assert time.process_time() - begin < 5
