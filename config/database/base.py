"""The engine that DATABASES names."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Between two requests the server has nothing to say: a connection on which something waits to be read has been
    closed at the other end, or told so. Only then, within a transaction and after an error is the server asked, which
    costs each request a statement else.

    A server that has gone without a word is found out by neither.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        at_rest = self.Database.extensions.TRANSACTION_STATUS_IDLE
        is_at_rest = self.connection.info.transaction_status == at_rest
        if self.errors_occurred or not is_at_rest or self._has_word():
            return super().is_usable()
        return True

    def _has_word(self) -> bool:
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return bool(waiting.poll(0))
