"""The pure heart: what an event, a profile or the passing of time means for one customer.

Nothing here reads a clock, opens a file or imports anything but the standard library. Time arrives in signals,
decisions leave as effects. Start reading at ``advance``.
"""
