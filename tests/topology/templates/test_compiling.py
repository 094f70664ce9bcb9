"""Templates: what they become, what they read, what is refused before they are used."""

import pytest

from streams.domain.templates import TemplateFailedError, TemplateRefusedError
from topology.templates.compiling import compile_template

GIVEN = {
    "customer": {"name": None, "metadata": {"tags": ["a", 1.0, True, {"x": 2.0}]}},
    "event": {
        "occurred_at": "2026-11-26T23:30:00.500Z",
        "metadata": {
            "rating": 5.0,
            "items": [{"name": "Tea", "price": 3.5}, {"name": "Cup", "price": 2.0}],
            "nothing": None,
        },
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {{ customer.name | default: 'friend' }}", "Dear friend"),
        ("{{ event.metadata.rating }} of 5{% if event.metadata.rating > 4 %}!{% endif %}", "5 of 5!"),
        ("{{ event.metadata.rating | times: 2 }}", "10"),
        ("{{ event.metadata.rating | divided_by: 2.0 }}", "2.5"),
        ("{% for i in event.metadata.items %}{{ i.name }}: {{ i.price }}; {% endfor %}", "Tea: 3.5; Cup: 2; "),
        ("{{ event.metadata.items | map: 'name' | join: ', ' | upcase }}", "TEA, CUP"),
        ("{{ event.metadata.items[1].name }}", "Cup"),
        ("{{ event['metadata']['items'].first.name }}", "Tea"),
        ("{% for i in (1..event.metadata.rating) %}*{% endfor %}", "*****"),
        ("{{ customer.metadata.tags | json }}", '["a",1,true,{"x":2}]'),
        ("{{ customer.metadata.tags[3] }}", '{"x":2}'),
        ("{{- event.metadata.nothing -}} .", "."),
        ("{% assign a = 'x' | append: 'y' %}{% capture b %}<{{ a }}>{% endcapture %}{{ b | escape }}", "&lt;xy&gt;"),
        ("{% case event.metadata.rating %}{% when 1, 2 %}bad{% when 5 %}good{% else %}so{% endcase %}", "good"),
        ("{% raw %}{{ this stays }}{% endraw %}", "{{ this stays }}"),
    ],
)  # fmt: skip
def test_filling_in(text: str, expected: str) -> None:
    """Filters, conditions, loops and variables as Liquid has them; whole numbers have no point."""
    assert compile_template(text).fill(GIVEN) == expected


def test_what_a_template_reads() -> None:
    """Paths from outside, once each; not what it assigns, nor what a loop names."""
    text = """{% assign a = customer.name %}{{ a | append: event.id }}{{ customer.name }}
        {% for i in event.metadata.items %}{{ i.name }}{{ event.metadata[a] }}{% endfor %}"""
    assert set(compile_template(text).reads) == {
        ("customer", "name"),
        ("event", "id"),
        ("event", "metadata", "items"),
        ("event", "metadata", None),
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{% if %}x{% endif %}", "line 1, column 4: missing expression"),
        ("{{ 'a", "line 1, column 1: expected '}}', found end of file"),
        ("a\n{% if a %}", "expected"),
        ("{% include 'x' %}", "line 1, column 4: unexpected tag 'include'"),
        ("{% render 'x' %}", "line 1, column 4: unexpected tag 'render'"),
        ("{% tablerow i in (1..3) %}{% endtablerow %}", "unexpected tag 'tablerow'"),
        ("{{ a | nothing }}", "there is no filter nothing"),
        ("{{ a | safe }}", "there is no filter safe"),
        ("{{ a | append }}", "filter append: missing a required argument: 'arg'"),
        ("{{ a | append: 'b', 'c' }}", "filter append: too many positional arguments"),
        ("{{ a | escape: environment: 1 }}", "filter escape"),
        ("{% for i in b %}{{ i | upcase | nothing }}{% endfor %}", "there is no filter nothing"),
        ("{{ 'now' | date: '%Y' }}", "no template knows the time"),
        ("{{ now | date: '%Y' }}", "no template knows the time"),
        ("{% if a %}{% assign today = 1 %}{% endif %}{{ today }}", "today is a name of its own"),
        ("{% capture event %}{% endcapture %}", "event is a name of its own"),
        ("{{ (1..10000000000) | join }}", "a range stands behind `for … in` only"),
        ("{% assign r = (1..3) %}", "a range stands behind `for … in` only"),
        ("{% if x %}" * 40 + "{% endif %}" * 40, "block nesting limit reached"),
        ("{% if " + "a and " * 100 + "a %}{% endif %}", "nested more than 60 deep"),
        ("{% if " + "a and " * 3000 + "a %}{% endif %}", "nested more than 60 deep"),
        ("{{ " + "a[" * 2000 + "1" + "]" * 2000 + " }}", "nested more than 60 deep"),
        ("{{ a | upcase }}" * 2000, "at most 20000"),
    ],
)
def test_refusals(text: str, why: str) -> None:
    """Whoever writes a template that cannot work, or should not, is told before it is used."""
    with pytest.raises(TemplateRefusedError) as refused:
        compile_template(text)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..1000000000000) reversed %}x{% endfor %}",
        "{% for i in (1..big) %}x{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% assign a = 1 %}{% endfor %}{% endfor %}",
        "{% for i in (1..1000) %}" + "{% assign a = 1 %}" * 200 + "{% endfor %}",
        "{% for i in (1..1000) %}{% case i %}{% when " + "1, " * 2000 + "1 %}{% endcase %}{% endfor %}",
        "{% for i in (1..1000) %}{{ long }}{% endfor %}",
        "{% assign s = long %}{% for i in (1..50) %}{% assign s = s | append: s %}{% endfor %}",
        "{% assign n = 99999 %}{% for i in (1..50) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        "{{ long | replace: 'x', long }}",
        "{{ long | replace: '', long }}",
        "{{ long | split: '' | join: long }}",
        "{{ long | split: '' | uniq }}",
        "{% assign l = long | split: '' %}{% for i in (1..50) %}{% assign l = l | concat: l %}{% endfor %}",
        "{% capture c %}{{ long }}{{ long }}{{ long }}{{ long }}{% endcapture %}",
    ],
)
def test_bounds(text: str) -> None:
    """A template that does too much, or makes too much, fails at once, wherever and whenever it is filled in."""
    template = compile_template(text)
    with pytest.raises(TemplateFailedError):
        template.fill({"long": "x" * 40_000, "big": 10**15})


@pytest.mark.parametrize(
    "text",
    [
        "{{ 5 | divided_by: zero }}",
        "{{ 1 | times: '1e999999' | ceil }}",
        "{{ a | date: '%Y' }}",
        "{{ '2026-01-01' | date: '%s' }}",
        "{{ '2026-01-01T00:00:00Z' | date: '%F', 'Europe/Nowhere' }}",
        "{{ '2026-01-01T00:00:00Z' | date: '%F', '../../etc/passwd' }}",
        "{{ a | base64_decode }}",
        "{{ list | sort }}",
        "{% if list > 3 %}x{% endif %}",
        "{% assign x = 'now' %}{{ x | date: '%Y' }}",
        "{% break %}",
    ],
)
def test_failures(text: str) -> None:
    """Values that a filter cannot work with make the template fail, and nothing else."""
    with pytest.raises(TemplateFailedError):
        compile_template(text).fill({"a": "é", "zero": 0, "list": ["a", 1]})


@pytest.mark.parametrize("value", ["x" * 60_000, [1] * 60_000, {"a": ["x" * 30_000, "y" * 30_000]}])
def test_large_values(value: object) -> None:
    """A template does not take in more than it may hold."""
    with pytest.raises(TemplateFailedError):
        compile_template("{{ a | size }}").fill({"a": value})


def test_deep_values() -> None:
    """Nor values that are nested without end."""
    value: object = 1
    for _ in range(500):
        value = [value]
    with pytest.raises(TemplateFailedError):
        compile_template("{{ a | size }}").fill({"a": value})
