"""A number of a store's terms is never given twice, not even after a rollback.

Processes keep what they compiled under the number. With `offers_version + 1`, a transaction that was rolled back and a
later one would share a number, and a process that had looked inside the first would go on with terms that never were.
A sequence does not roll back.
"""

from django.db import migrations

SQL = """
CREATE SEQUENCE loyalty_offers_version_seq AS bigint;
SELECT setval('loyalty_offers_version_seq', (SELECT coalesce(max(offers_version), 0) + 1 FROM shop_store));

CREATE OR REPLACE FUNCTION loyalty_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = nextval('loyalty_offers_version_seq')
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.store_id ELSE NEW.store_id END;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION loyalty_raise_version_of_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = nextval('loyalty_offers_version_seq')
        WHERE id = (
            SELECT store_id FROM loyalty_offer
                WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.offer_id ELSE NEW.offer_id END
        );
    RETURN NULL;
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION loyalty_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = offers_version + 1
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.store_id ELSE NEW.store_id END;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION loyalty_raise_version_of_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = offers_version + 1
        WHERE id = (
            SELECT store_id FROM loyalty_offer
                WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.offer_id ELSE NEW.offer_id END
        );
    RETURN NULL;
END $$;

DROP SEQUENCE loyalty_offers_version_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_changed_terms_raise_the_version")]
    operations = [migrations.RunSQL(SQL, UNDO)]
