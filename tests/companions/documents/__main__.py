"""`python -m tests.companions.documents`: makes tables and the ladder's picture anew, from the code."""

from tests.companions.documents.made_tables import made
from tests.companions.documents.pages import PAGES, with_tables
from tests.companions.documents.worked_ladder import draw_ladder

for path in PAGES:
    text = path.read_text()
    if (anew := with_tables(text, made())) != text:
        path.write_text(anew)

draw_ladder()
