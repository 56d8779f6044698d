"""`python -m tests.companions.documents`: makes the tables of the documents anew, from the code."""

from tests.companions.documents.made_tables import made
from tests.companions.documents.pages import PAGES, with_tables

for path in PAGES:
    text = path.read_text()
    if (anew := with_tables(text, made())) != text:
        path.write_text(anew)
