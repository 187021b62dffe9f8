"""What every body sent to the API has in common."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A body in which a field nobody knows is refused, so that no misspelt wish passes for one that was met."""

    model_config = ConfigDict(extra="forbid")
