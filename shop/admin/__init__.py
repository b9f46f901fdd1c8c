"""The panel's lists and forms of shop's tables, one file per family."""

from django.contrib import admin
from django.contrib.auth.models import Group

from shop.admin.activity import ActivityAdmin, OutboxAdmin
from shop.admin.catalogue import ProductAdmin, ProductGroupAdmin
from shop.admin.keys import ApiKeyAdmin
from shop.admin.orders import CartAdmin, OrderAdmin, RefundAdmin
from shop.admin.people import ConsentAdmin, CustomerAdmin, PersonAdmin, VisitorAdmin
from shop.admin.staff import ApprovalAdmin, StaffRoleAdmin, UserAdmin
from shop.admin.store import StoreSettingsAdmin, WidgetSettingsAdmin
from shop.admin.work import HeartbeatAdmin, JobAdmin

# Rights are roles in a store here; Django's groups would be a second, silent way to give them.
admin.site.unregister(Group)

__all__ = [
    "ActivityAdmin",
    "ApiKeyAdmin",
    "ApprovalAdmin",
    "CartAdmin",
    "ConsentAdmin",
    "CustomerAdmin",
    "HeartbeatAdmin",
    "JobAdmin",
    "OrderAdmin",
    "OutboxAdmin",
    "PersonAdmin",
    "ProductAdmin",
    "ProductGroupAdmin",
    "RefundAdmin",
    "StaffRoleAdmin",
    "StoreSettingsAdmin",
    "UserAdmin",
    "VisitorAdmin",
    "WidgetSettingsAdmin",
]
