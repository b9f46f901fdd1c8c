"""Addresses of the API. Each has a name; config/access.py holds which scope it needs."""

from django.urls import path, register_converter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from storefront.api import (
    campaigns,
    cancellation,
    cards,
    carts,
    catalogue,
    countdowns,
    coupons,
    customers,
    earning,
    events,
    fulfilment,
    gift_balances,
    liability,
    merges,
    orders,
    payments,
    people,
    points_moves,
    products,
    quotes,
    referrals,
    refunds,
    reservations,
    sandbox,
    segments,
    stamps,
    stores,
    tiers,
    usable_offers,
)


class RefConverter:
    """A storefront's own reference: no slash, and nothing that PostgreSQL can not store."""

    regex = r"[^/\x00-\x1f\x7f]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RefConverter, "ref")

urlpatterns = [
    # Tried in turn, so the busiest come first.
    path("v1/quotes", quotes.QuotesView.as_view(), name="api-quotes"),
    path("v1/orders", orders.OrdersView.as_view(), name="api-orders"),
    path("v1/store", stores.StoreView.as_view(), name="api-store"),
    path("v1/customers", customers.CustomersView.as_view(), name="api-customers"),
    path("v1/customers/<ref:ref>", customers.CustomerView.as_view(), name="api-customer"),
    path("v1/customers/<ref:ref>/consents", customers.ConsentsView.as_view(), name="api-consents"),
    path("v1/customers/<ref:ref>/points", customers.PointsView.as_view(), name="api-points"),
    path(
        "v1/customers/<ref:ref>/points/moves", points_moves.PointsMovesView.as_view(), name="api-points-move"
    ),
    path("v1/customers/<ref:ref>/merge", merges.MergeView.as_view(), name="api-merge"),
    path("v1/customers/<ref:ref>/merge/undo", merges.UndoView.as_view(), name="api-merge-undo"),
    path("v1/customers/<ref:ref>/export", people.ExportView.as_view(), name="api-customer-export"),
    path("v1/customers/<ref:ref>/erasure", people.ErasureView.as_view(), name="api-customer-erasure"),
    path("v1/customers/<ref:ref>/rewards", catalogue.RewardsView.as_view(), name="api-customer-rewards"),
    path(
        "v1/customers/<ref:ref>/rewards/<ref:code>",
        catalogue.TakeRewardView.as_view(),
        name="api-customer-reward",
    ),
    path("v1/customers/<ref:ref>/stamps", stamps.StampsView.as_view(), name="api-customer-stamps"),
    path("v1/customers/<ref:ref>/tier", tiers.CustomerTierView.as_view(), name="api-customer-tier"),
    path("v1/customers/<ref:ref>/coupons", coupons.CouponsOfView.as_view(), name="api-customer-coupons"),
    path(
        "v1/customers/<ref:ref>/offers", usable_offers.UsableOffersView.as_view(), name="api-customer-offers"
    ),
    path("v1/customers/<ref:ref>/referral", referrals.ReferralView.as_view(), name="api-customer-referral"),
    path("v1/campaigns/<ref:code>/coupons", coupons.IssueView.as_view(), name="api-campaign-coupons"),
    path("v1/coupons/<ref:code>/handover", coupons.HandoverView.as_view(), name="api-handover"),
    path("v1/coupons/<ref:code>/revocation", coupons.RevocationView.as_view(), name="api-revocation"),
    path("v1/customers/<ref:ref>/cards", cards.CustomerCardsView.as_view(), name="api-customer-cards"),
    path("v1/cards/plans", cards.PlansView.as_view(), name="api-card-plans"),
    path("v1/cards/plans/<ref:code>", cards.PlanView.as_view(), name="api-card-plan"),
    path("v1/cards/<ref:number>", cards.CardView.as_view(), name="api-card"),
    path("v1/cards/<ref:number>/end", cards.CardEndView.as_view(), name="api-card-end"),
    path("v1/segments", segments.SegmentsView.as_view(), name="api-segments"),
    path("v1/segments/<ref:code>/members", segments.SegmentMembersView.as_view(), name="api-segment-members"),
    path("v1/products", products.ProductsView.as_view(), name="api-products"),
    path("v1/products/bulk", products.BulkView.as_view(), name="api-products-bulk"),
    path("v1/products/<ref:sku>", products.ProductView.as_view(), name="api-product"),
    path("v1/carts/<ref:ref>", carts.CartView.as_view(), name="api-cart"),
    path("v1/events", events.EventsView.as_view(), name="api-events"),
    path("v1/offers/<ref:code>/countdown", countdowns.CountdownView.as_view(), name="api-countdown"),
    path("v1/gift-balances", gift_balances.IssueBalanceView.as_view(), name="api-gift-balances"),
    path("v1/gift-balances/look", gift_balances.LookView.as_view(), name="api-gift-balance-look"),
    path(
        "v1/gift-balances/revocation",
        gift_balances.GiftRevocationView.as_view(),
        name="api-gift-balance-revocation",
    ),
    path(
        "v1/customers/<ref:ref>/gift-balances",
        gift_balances.BalancesOfView.as_view(),
        name="api-customer-gift-balances",
    ),
    path(
        "v1/orders/<ref:ref>/gift-balances",
        gift_balances.BoughtView.as_view(),
        name="api-order-gift-balances",
    ),
    path("v1/earning-rules", earning.EarningRulesView.as_view(), name="api-earning-rules"),
    path("v1/quotes/<ref:key>/release", reservations.ReleaseView.as_view(), name="api-quote-release"),
    path("v1/orders/<ref:ref>", orders.OrderView.as_view(), name="api-order"),
    path("v1/orders/<ref:ref>/payments", payments.PaymentsView.as_view(), name="api-payments"),
    path("v1/orders/<ref:ref>/fulfilment", fulfilment.FulfilmentView.as_view(), name="api-fulfilment"),
    path(
        "v1/orders/<ref:ref>/cancellation", cancellation.CancellationView.as_view(), name="api-cancellation"
    ),
    path("v1/orders/<ref:ref>/refunds", refunds.RefundsView.as_view(), name="api-refunds"),
    path("v1/reports/points-liability", liability.LiabilityView.as_view(), name="api-points-liability"),
    path("v1/campaigns", campaigns.CampaignsView.as_view(), name="api-campaigns"),
    path(
        "v1/campaigns/<ref:code>/report", campaigns.CampaignReportView.as_view(), name="api-campaign-report"
    ),
    path("v1/sandbox/clock", sandbox.SandboxClockView.as_view(), name="api-sandbox-clock"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
