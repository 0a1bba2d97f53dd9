"""Column shapes that every subject uses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import mapped_column

# uuidv7 sorts by creation, so a primary key is also the order of every list (keyset pagination).
Id = Annotated[UUID, mapped_column(primary_key=True, server_default=text("uuidv7()"))]
CreatedAt = Annotated[datetime, mapped_column(server_default=text("now()"))]
Zero = Annotated[int, mapped_column(server_default=text("0"))]
Yes = Annotated[bool, mapped_column(server_default=text("true"))]
No = Annotated[bool, mapped_column(server_default=text("false"))]
