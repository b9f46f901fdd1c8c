"""One order pays one acquirer: the worked table, line by line."""

import pytest

from loyalty.acquirer import Acquirer, By, How, Traffic, acquirer_of

ANNA, BORIS, BLOG, SHOP = 1, 2, 70, 71
GIFT = Acquirer(By.GIFT, How.CODE)


def referral(how: How) -> Acquirer:
    return Acquirer(By.REFERRAL, how)


def partner(which: int, how: How) -> Acquirer:
    return Acquirer(By.PARTNER, how, which)


@pytest.mark.parametrize(
    ("traffic", "paid"),
    [
        (Traffic(), None),
        (Traffic(hands=(ANNA,)), GIFT),
        (Traffic(hands=(ANNA,), coupon_partner=BLOG, clicked_partner=SHOP, brought_by=BORIS), GIFT),
        (Traffic(hands=(ANNA,), is_first_order=False), None),
        (Traffic(hands=(ANNA,), is_first_order=False, brought_by=BORIS), referral(How.TIE)),
        (Traffic(coupon_partner=BLOG, clicked_partner=SHOP, brought_by=ANNA), partner(BLOG, How.CODE)),
        (Traffic(coupon_partner=BLOG, code_of=ANNA, brought_by=ANNA), partner(BLOG, How.CODE)),
        (Traffic(code_of=ANNA, brought_by=ANNA, clicked_partner=BLOG), referral(How.CODE)),
        (Traffic(code_of=BORIS, brought_by=ANNA, clicked_partner=BLOG), partner(BLOG, How.CLICK)),
        (Traffic(code_of=BORIS, brought_by=ANNA), referral(How.TIE)),
        (Traffic(code_of=BORIS), None),
        (Traffic(named_partner=BLOG, clicked_partner=SHOP), partner(BLOG, How.CODE)),
        (Traffic(named_partner=BLOG, clicked_customer=ANNA, brought_by=ANNA), partner(BLOG, How.CODE)),
        (Traffic(named_partner=BLOG, code_of=ANNA, brought_by=ANNA), referral(How.CODE)),
        (Traffic(clicked_partner=BLOG, brought_by=ANNA), partner(BLOG, How.CLICK)),
        (Traffic(clicked_customer=ANNA, brought_by=ANNA), referral(How.CLICK)),
        (Traffic(clicked_customer=BORIS, brought_by=ANNA), referral(How.TIE)),
        (Traffic(clicked_customer=BORIS), None),
        (Traffic(brought_by=ANNA), referral(How.TIE)),
    ],
)
def test_one_order_pays_one_acquirer(traffic: Traffic, paid: Acquirer | None) -> None:
    assert acquirer_of(traffic) == paid
