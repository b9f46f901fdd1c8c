"""Past orders from a file: read, checked, staged and stored in batches, safe to repeat and to interrupt.

`preview` shows a file, `start` puts it in the queue, `run` is the job's work; `shop.import_orders` does the
import itself.
"""
