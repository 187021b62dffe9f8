"""What the tables are made of: where they are listed, whose a row is, and how its number is kept."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)
nobodys = MetaData()
"""Tables that hold nothing of any person: neither moved, nor exported, nor erased."""
views = MetaData()
"""Mail as it is told to people: views of what is laid out more tightly in the tables."""

RowId = BigInteger().with_variant(Integer, "sqlite")


def of_person() -> Column[str]:
    return Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False)


def of_account() -> Column[str]:
    return Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)
