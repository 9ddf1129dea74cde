"""What the table and the histogram of the panel say, without a window."""

import struct

import numpy as np
import pytest

from seg_train.particles import instance_table
from seg_train.viewer.measured import HEADS, cells, histogram_png


@pytest.fixture
def table():
    """A particle within and one at the edge, on pixels of 0.5 nm."""
    drawn = np.zeros((40, 40), int)
    drawn[10:20, 10:20], drawn[0:6, 30:36] = 3, 700
    return instance_table(drawn, pixel_size=5.0).assign(image="gold")


def test_cells_hold_nanometres_and_words_under_their_heads(table):
    heads, rows = cells(table.assign(uncertainty=[0.125, 0.3]))
    assert heads == list(HEADS.values())
    assert rows[0] == ["gold", "3", "5.64", "25.00", "0.12", "no", "7.50", "7.50"]
    assert rows[1][1] == "700" and rows[1][5] == "yes"
    assert "uncertainty" not in cells(table)[0]  # one look has nothing to disagree with


def test_no_particles_are_heads_without_rows(table):
    heads, rows = cells(table[:0])
    assert heads[:2] == ["micrograph", "label"] and rows == []


def test_the_histogram_is_a_picture_that_fits_the_panel_and_follows_the_table(table):
    picture = histogram_png(table)
    assert picture.startswith(b"\x89PNG") and struct.unpack(">II", picture[16:24]) == (374, 187)
    assert histogram_png(table[1:]) == histogram_png(table[:0])  # cut by the edge: does not count
    assert histogram_png(table[:1]) == picture != histogram_png(table[:0])
