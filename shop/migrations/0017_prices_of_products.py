"""What products cost from when on is kept, so that the lowest price of 30 days can stand beside a reduction."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store

# Whoever gives a product its price (a report, an import, the panel), it is noted here. A sandbox goes by its own clock.
NOTED = """
CREATE FUNCTION shop_note_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop_pricepoint (store_id, product_id, price, at)
    SELECT NEW.store_id, NEW.id, NEW.price, now() + make_interval(secs => store.clock_shift_seconds)
    FROM shop_store AS store WHERE store.id = NEW.store_id;
    RETURN NULL;
END $$;
CREATE TRIGGER shop_product_notes_first_price AFTER INSERT ON shop_product
    FOR EACH ROW EXECUTE FUNCTION shop_note_price();
CREATE TRIGGER shop_product_notes_price AFTER UPDATE OF price ON shop_product
    FOR EACH ROW WHEN (OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION shop_note_price();
CREATE TRIGGER shop_pricepoint_never_changes BEFORE UPDATE ON shop_pricepoint
    FOR EACH ROW EXECUTE FUNCTION shop_refuse_change();
INSERT INTO shop_pricepoint (store_id, product_id, price, at)
SELECT store_id, id, price, changed_at FROM shop_product;
"""
NOT_NOTED = """
DROP TRIGGER shop_product_notes_first_price ON shop_product;
DROP TRIGGER shop_product_notes_price ON shop_product;
DROP FUNCTION shop_note_price();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0016_gift_balances_as_payment"),
    ]

    operations = [
        migrations.CreateModel(
            name="PricePoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("price", models.BigIntegerField(verbose_name="price")),
                ("at", models.DateTimeField(verbose_name="from")),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_points",
                        to="shop.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="shop.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "price of a product",
                "verbose_name_plural": "prices of products",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)),
                        name="shop_pricepoint_price_not_negative",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["product", "-at", "-id"],
                        name="shop_pricepoint_of_product",
                    ),
                    models.Index(fields=["store", "at"], name="shop_pricepoint_newest"),
                ],
            },
        ),
        migrations.AddField(
            model_name="store",
            name="lowest_price_shown",
            field=models.CharField(
                choices=[
                    ("by_country", "where the store's country asks for it"),
                    ("always", "always"),
                    ("never", "never"),
                ],
                db_default="by_country",
                default="by_country",
                help_text="Told to your storefront beside every price that an offer reduces, and shown before you publish. The countries of the EU ask for it: set yours under Days of your customers.",
                max_length=10,
                verbose_name="lowest price of 30 days",
            ),
        ),
        migrations.AddConstraint(
            model_name="store",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lowest_price_shown__in", ["by_country", "always", "never"])
                ),
                name="shop_store_lowest_price_shown_known",
            ),
        ),
        migrations.RunSQL(
            same_store("shop_pricepoint", "product_id", "shop_product"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(NOTED, NOT_NOTED),
    ]
