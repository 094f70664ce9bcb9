from streams.domain.identities import CampaignId, CustomerId
from streams.domain.record_ids import card_id, record_id

CUSTOMER = CustomerId("c-42")


def test_an_id_depends_on_its_parts_alone() -> None:
    """The same parts give the same id, 16 bytes in hex; any other part gives another."""
    one = record_id("segment", "s", 1, CUSTOMER, "event:e1")
    assert one == record_id("segment", "s", 1, CUSTOMER, "event:e1")
    assert len(bytes.fromhex(one)) == 16
    others = {
        record_id("distribution", "s", 1, CUSTOMER, "event:e1"),
        record_id("segment", "t", 1, CUSTOMER, "event:e1"),
        record_id("segment", "s", 2, CUSTOMER, "event:e1"),
        record_id("segment", "s", 1, CustomerId("c-43"), "event:e1"),
        record_id("segment", "s", 1, CUSTOMER, "event:e2"),
    }
    assert len(others | {one}) == 6


def test_parts_do_not_run_into_one_another() -> None:
    """Where one part ends and the next begins matters, whatever characters they hold."""
    assert record_id("segment", "a:1", 1, CUSTOMER, "x") != record_id("segment", "a", 11, CUSTOMER, "x")
    assert record_id("segment", "a1:b", 1, CUSTOMER, "x") != record_id("segmenta", "1:b", 1, CUSTOMER, "x")


def test_a_card_belongs_to_a_customer_and_a_campaign() -> None:
    """One card for each pair, named by 16 hex digits."""
    card = card_id(CampaignId("club"), CUSTOMER)
    assert card == card_id(CampaignId("club"), CUSTOMER)
    assert card.startswith("card_")
    assert len(bytes.fromhex(card.removeprefix("card_"))) == 8
    assert (
        len({card, card_id(CampaignId("other"), CUSTOMER), card_id(CampaignId("club"), CustomerId("c"))}) == 3
    )
