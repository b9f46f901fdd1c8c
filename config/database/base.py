"""The engine that DATABASES names."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Between two requests the server has nothing to say: a connection on which something waits to be read has been
    closed at the other end, or told so. Only then is the server asked, which costs each request a statement else.

    A server that has gone without a word is found out by neither.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if waiting.poll(0) else True
