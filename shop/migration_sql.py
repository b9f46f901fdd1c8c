"""SQL that migrations of every floor share: append-only tables, rows kept within their store, monthly partitions.

Migrations are frozen history, so these functions never change what they return; a new rule gets a new function.
"""


def append_only(table: str) -> str:
    """A trigger that refuses UPDATE, DELETE and TRUNCATE on `table`; needs `shop_refuse_change()`."""
    return f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION shop_refuse_change();
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION shop_refuse_change();
    """


def same_store(table: str, column: str, target: str) -> str:
    """A composite foreign key that keeps `table.column` within the row's own store."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column.removesuffix('_id')}_same_store "
        f"FOREIGN KEY (store_id, {column}) REFERENCES {target} (store_id, id) DEFERRABLE INITIALLY IMMEDIATE;"
    )
