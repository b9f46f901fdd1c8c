"""All channels, in one list."""

from collections.abc import Mapping

from triggers.channels.email.build import write_mail
from triggers.channels.email.smtp import connect
from triggers.channels.outcome import Channel

CHANNELS: Mapping[str, Channel] = {"email": Channel(write=write_mail, connect=connect)}
