"""The closed lists of what a text can bring or answer; nothing outside them may stand in signals."""

ASK_KINDS = frozenset(
    {"availability", "time_slots", "document", "references", "salary", "notice_period", "portfolio", "form"}
    | {"interview", "call", "offer", "start_date", "confirmation", "information"}
)

VALUE_WEIGHTS = {
    "answer": 1.0,
    "document": 1.0,
    "work_sample": 1.0,
    "news_about_them": 1.0,
    "news_about_me": 1.0,
    "offer_deadline": 1.0,
    "introduction": 1.0,
    "availability": 1.0,
    "specific_thanks": 1.0,
    "correction": 1.0,
    "choice_question": 1.0,
    "idea": 1.0,
    "withdrawal": 1.0,
    "acceptance": 1.0,
    "attachment": 0.5,
    "link": 0.5,
}
"""Kind -> weight (cadence.md 4b): a link or an attachment that no sentence explains is worth half."""
