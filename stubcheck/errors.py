"""What the user can put right."""


class UserError(Exception):
    """Wrong usage or wrong settings; the message stands alone and names the place."""
