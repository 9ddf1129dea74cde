"""Formulas as MathML, which browsers show by themselves: no script, no network.

docutils comes with the translation; Sphinx has no renderer that uses it.
"""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.writers.html5 import HTML5Translator


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    formula = tex2mathml(node.astext(), as_block=True)
    translator.body.append(translator.starttag(node, "div", formula, CLASS="math") + "</div>\n")
    raise nodes.SkipNode


def setup(app) -> dict:
    """Offer the renderer, as Sphinx calls it."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
