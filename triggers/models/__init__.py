"""Occasion, message, delivery."""

from triggers.models.message import Delivery, Message, Suppression
from triggers.models.trigger import Purpose, Step, Trigger

__all__ = ["Delivery", "Message", "Purpose", "Step", "Suppression", "Trigger"]
