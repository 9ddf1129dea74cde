"""The page of all fields of recipes, written from the classes that read them."""

from seg_train.study.reference import recipe_reference

HEAD = """# Fields of recipes

Every table and field of a recipe file. A *range* is a number, or a table of one key:
`{ uniform = [low, high] }`, `{ log_uniform = [low, high] }`, `{ normal = [mean, std] }`,
`{ truncated_normal = [mean, std, low, high] }`, `{ choice = [a, b, ...] }` or
`{ integers = [low, high] }`; a list of lists, as in `{ normal = [[-300, 20], [300, 20]] }`, is of
several populations that are drawn from equally often. See
{py:class}`hrtem_sim.provenance.Distribution`.

Editors complete and check recipes by a JSON schema:

```console
seg-train schema > recipe.schema.json
```

With taplo (`Even Better TOML` in VS Code) begin the recipe with the line
`#:schema ./recipe.schema.json`.
"""


def page() -> str:
    """Return the page as Markdown."""
    lines = [HEAD]
    for table in recipe_reference():
        lines += [f"## `[{table.path}]`", "", table.meaning, ""]
        lines += ["````{container} fields"]  # in narrow windows these tables are lists
        lines += ["| field | meaning | kind | allowed | default |", "|---|---|---|---|---|"]
        for field in table.fields:
            cells = (field.meaning, field.kind, field.allowed)
            meaning, kind, allowed = (cell.replace("|", r"\|") for cell in cells)
            worth = field.default in ("required", "none")
            default = field.default if worth else f"`{field.default}`"
            lines.append(f"| `{field.name}` | {meaning} | {kind} | {allowed} | {default} |")
        lines += ["````", ""]
    return "\n".join(lines)
