"""`python -m tests.companions.documents`: makes tables and pictures anew, from the code and its figures."""

from tests.companions.documents.made_tables import made
from tests.companions.documents.pages import PAGES, with_tables
from tests.companions.documents.way_of_a_tick import draw_way_of_a_tick
from tests.companions.documents.worked_ladder import draw_ladder

for path in PAGES:
    text = path.read_text()
    if (anew := with_tables(text, made())) != text:
        path.write_text(anew)

draw_ladder()
draw_way_of_a_tick()
