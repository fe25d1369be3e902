"""Broken models, bases, suites and YAML, with the problem that each must give."""

from __future__ import annotations

from declared_project import EXACT, MODEL, NANO, SUITE, Broken

METRICS = "  - {task: tax_exact"


def model(old: str, new: str, field: str, remedy: str) -> Broken:
    return Broken(MODEL, old, new, field, remedy)


def gate(line: str, field: str, remedy: str) -> Broken:
    """One more line in the gate."""
    return model("  min_items: 200", f"  {line}\n  min_items: 200", f"gate.{field}", remedy)


def section(text: str, field: str, remedy: str, at: str | None = None) -> Broken:
    """One more section of the model."""
    return Broken(MODEL, "suite: tax_desk", f"{text}\nsuite: tax_desk", field, remedy, at)


def arm(written: str, field: str, remedy: str) -> Broken:
    """One prompting arm; a plain one stands before it."""
    first = "{kind: few_shot, examples: 2, max_tokens: 64}"
    text = f"prompting:\n  arms:\n    - {first}\n    - {written}"
    return section(text, f"prompting.arms[1].{field}", remedy, f"    - {written}")


def price(old: str, new: str, field: str, remedy: str) -> Broken:
    """An edit in the price of a base."""
    return Broken(NANO, old, new, f"price.{field}", remedy)


def suite(old: str, new: str, field: str, remedy: str, at: str | None = None) -> Broken:
    return Broken(SUITE, old, new, field, remedy, at)


MODELS = {
    "unknown_field": model("owner: ", "ownr: x\nowner: ", "ownr", "Write `owner`"),
    "unknown_recipe_field": model("  rank: 16", "  rnk: 3\n  rank: 16", "recipe.rnk", "Write `rank`"),
    "missing_field": Broken(
        MODEL, "max_answer_tokens: 10\n", "", "max_answer_tokens", "Add `max_answer_tokens:`", "# The"
    ),
    "missing_recipe_field": Broken(MODEL, "  epochs: 14\n", "", "recipe.epochs", "Add `epochs:`", "recipe:"),
    "blank_owner": model("owner: tax-desk@example.com", "owner: ' '", "owner", "not blank"),
    "rank_zero": model("rank: 16", "rank: 0", "recipe.rank", "at least 1"),
    "rank_is_text": model("rank: 16", "rank: '16'", "recipe.rank", "without quotes"),
    "rank_is_true": model("rank: 16", "rank: true", "recipe.rank", "without quotes"),
    "rank_is_broken": model("rank: 16", "rank: 1.5", "recipe.rank", "whole number"),
    "rate_in_exponent_form": model("0.004", "4e-3", "recipe.learning_rate", "0.0001"),
    "rate_not_finite": model("0.004", ".inf", "recipe.learning_rate", "quotes"),
    "ladder_is_a_mapping": model("ladder: [tax-nano, tax-s]", "ladder: {a: tax-nano}", "ladder", "a list"),
    "margin_in_percent": model("margin: 0.035", "margin: 5", "gate.margin", "below 1"),
    "risk_too_high": model("alpha: 0.05", "alpha: 0.5", "gate.alpha", "below 0.5"),
    "no_margin": model("margin: 0.035", "margin: 0", "gate.margin", "above 0"),
    "anchor_margin_of_all": gate("anchor_margin: 1.0", "anchor_margin", "below 1"),
    "rotation_too_often": gate("rotate_after: 4", "rotate_after", "at least 5"),
    "no_latency": gate("max_p95_ms: 0", "max_p95_ms", "above 0"),
    "no_cost": gate("max_cost_per_1000: 0", "max_cost_per_1000", "above 0"),
    "arm_of_no_kind": arm("{kind: magic, examples: 1, max_tokens: 64}", "kind", "Write one of these"),
    "arm_twice": arm("{kind: few_shot, examples: 4, max_tokens: 64}", "kind", "Keep one"),
    "arm_without_examples": arm("{kind: bm25, max_tokens: 64}", "examples", "at least 1"),
    "arm_without_room": arm("{kind: bm25, examples: 1}", "max_tokens", "at least 1"),
    "plain_arm_with_examples": arm("{kind: zero_shot, examples: 1}", "examples", "is 0"),
    "plain_arm_with_room": arm("{kind: zero_shot, max_tokens: 1}", "max_tokens", "is 0"),
    "arm_seed_negative": arm("{kind: bm25, examples: 1, max_tokens: 64, seed: -1}", "seed", "from 0"),
    "fine_tuning_unknown": section(
        "prompting: {fine_tuning: always}", "prompting.fine_tuning", "Write one of these"
    ),
    "review_unknown": section("review: {mode: never}", "review.mode", "Write one of these"),
    "review_without_time": section("review: {mode: veto, hours: 0}", "review.hours", "above 0"),
    "curve_descends": section(
        "explain: {learning_curve: [0.5, 0.25]}", "explain.learning_curve", "ascending"
    ),
    "curve_repeats": section("explain: {learning_curve: [0.5, 0.5]}", "explain.learning_curve", "ascending"),
    "curve_of_all": section("explain: {learning_curve: [0.5, 1.0]}", "explain.learning_curve", "below 1"),
    "curve_of_nothing": section("explain: {learning_curve: [0.0]}", "explain.learning_curve", "above 0"),
    "no_parts": section("explain: {most_parts: 0}", "explain.most_parts", "at least 1"),
    "one_source_alone": section("explain: {individual: true}", "explain.individual", "another source"),
    "dev_share_of_all": model("dev_share: 0.25", "dev_share: 1.0", "dev_share", "below 1"),
    "seed_negative": model("seed: 0", "seed: -1", "recipe.seed", "from 0"),
    "source_unknown": model("sources: [tax_rules]", "sources: [tax_rule]", "sources[0]", "tax_rules"),
    "source_is_golden": model(
        "sources: [tax_rules]", "sources: [tax_rules_golden]", "sources[0]", "never trains"
    ),
    "source_twice": model("sources: [tax_rules]", "sources: [tax_rules, tax_rules]", "sources", "each once"),
    "no_source": model("sources: [tax_rules]", "sources: []", "sources", "at least one"),
    "golden_is_training": model(
        "golden: tax_rules_golden", "golden: tax_rules", "golden", "`purpose: evaluation`"
    ),
    "golden_unknown": model("golden: tax_rules_golden", "golden: gold", "golden", "tax_rules_golden"),
    "base_unknown": model("tax-s]", "tax-xl]", "ladder[1]", "tax-nano"),
    "ladder_descends": model("[tax-nano, tax-s]", "[tax-s, tax-nano]", "ladder[1]", "smallest base up"),
    "ladder_of_paths": model("tax-s]", "../m]", "ladder[1]", "name of a declared"),
    "suite_unknown": model("suite: tax_desk", "suite: tax", "suite", "tax_desk"),
    "other_name": model("owner: ", "name: other\nowner: ", "name", "rename the file"),
    "date_without_quotes": model("suite: tax_desk", "suite: 2026-01-01", "suite", "name of a declared"),
}

OTHERS = {
    "base_digest": Broken(NANO, 'sha256: "', 'sha256: "x', "sha256", "digest of the folder"),
    "base_without_origin": Broken(
        NANO, "build:\n", "build: null\nbuilt:\n", "built", "Write `build`", "built:"
    ),
    "base_with_both": Broken(NANO, "revision:", "path: x\nrevision:", "path", "`build` for"),
    "base_path_upwards": Broken(NANO, "revision:", "path: ../x\nrevision:", "path", "without `..`"),
    "base_without_classes": Broken(NANO, "[public, internal]", "[]", "privacy_classes", "at least one"),
    "base_heads": Broken(NANO, "hidden_size: 16", "hidden_size: 15", "build.hidden_size", "Change one"),
    "base_revision_number": Broken(NANO, "revision: sample-1", "revision: 1", "revision", "quotes"),
    "price_currency": price("currency: USD", "currency: usd", "currency", "USD"),
    "price_of_prompts": price(
        "prompt_per_million: 0.01", "prompt_per_million: -1", "prompt_per_million", "at least 0"
    ),
    "price_of_training": price(
        "training_per_hour: 0.1", "training_per_hour: -0.1", "training_per_hour", "at least 0"
    ),
    "price_unknown_field": price("price: {", "price: {per_token: 1, ", "per_token", "known are currency"),
    "suite_version_number": Broken(SUITE, '"1.1"', "1.1", "version", "quotes"),
    "suite_task": Broken(SUITE, "{task: tax_choice", "{task: tax_choose", "metrics[1].task", "tax_choice"),
    "suite_metric": Broken(SUITE, "name: acc", "name: acc_norm", "metrics[1].name", "acc"),
    "suite_minimum": Broken(SUITE, "minimum: 0.80", "minimum: 80", "metrics[0].minimum", "0.8"),
    "suite_repeats": Broken(
        SUITE,
        "metrics:\n",
        "metrics:\n  - {task: tax_exact, name: exact_match, minimum: 0.5}\n",
        "metrics[1]",
        "Keep one",
        "  - {task: tax_exact, name: exact_match, minimum: 0.80}",
    ),
    "guard_first": suite(
        "minimum: 0.80", "minimum: 0.80, guard: true", "metrics[0]", "correctness first", METRICS
    ),
    "style_first": suite(
        "minimum: 0.80", "minimum: 0.80, style: true", "metrics[0]", "correctness first", METRICS
    ),
    "guard_of_style": suite(
        "minimum: 0.90", "minimum: 0.90, guard: true, style: true", "metrics[1].style", "Keep one"
    ),
    "group_of_nothing_known": suite(
        "[tax_exact.exact_match,",
        "[tax_exact.f1, tax_exact.exact_match,",
        "groups[0].metrics[0]",
        "tax_choice.acc",
    ),
    "group_repeats_a_metric": suite(
        "tax_choice.acc]}", "tax_choice.acc, tax_choice.acc]}", "groups[0].metrics[2]", "Keep one"
    ),
    "group_twice": suite(
        "groups:\n",
        "groups:\n  - {name: facts, metrics: []}\n",
        "groups[1].name",
        "Join",
        "  - {name: facts, metrics: [tax",
    ),
    "group_leaves_a_metric_out": suite(", tax_choice.acc]}", "]}", "groups", "group of its part", "groups:"),
    "assertion_twice": suite("id: no_markup", "id: one_amount", "assertions[2].id", "an id of its own"),
    "assertion_of_no_kind": suite("must: match", "must: search", "assertions[0].must", "Write one of these"),
    "assertion_on_no_task": suite(
        "task: tax_exact\n    must: match", "task: tax\n    must: match", "assertions[0].task", "tax_exact"
    ),
    "assertion_on_choices": suite(
        "task: tax_exact\n    must: match",
        "task: tax_choice\n    must: match",
        "assertions[0].task",
        "tax_exact",
    ),
    "assertion_without_pattern": suite("'<\\|'", "''", "assertions[2].pattern", "searched for"),
    "assertion_looks_ahead": suite("'<\\|'", "'a(?=b)'", "assertions[2].pattern", "RE2 pattern"),
    "assertion_looks_back": suite("'<\\|'", "'(a)\\1'", "assertions[2].pattern", "RE2 pattern"),
    "assertion_mostly_never": suite("mostly: 0.98", "mostly: 0.0", "assertions[0].mostly", "0.98"),
    "assertion_more_than_all": suite("mostly: 0.98", "mostly: 98", "assertions[0].mostly", "0.98"),
    "assertion_slices_repeat": suite("mostly: 0.98", "slices: [a, a]", "assertions[0].slices", "once"),
    "suite_other_name": Broken(SUITE, "name: tax_desk", "name: tax", "name", "rename the file"),
    "task_other_name": Broken(EXACT, "task: tax_exact", "task: exact", "task", "Rename one"),
    "task_includes": Broken(
        EXACT, "task: tax_exact", "include: base.yaml\ntask: tax_exact", "include", "Copy the included"
    ),
    "task_output": Broken(
        EXACT, "generate_until", "loglikelihood_rolling", "output_type", "Write one of these"
    ),
    "task_lower_is_better": Broken(
        EXACT,
        "higher_is_better: true",
        "higher_is_better: false",
        "metric_list[0].higher_is_better",
        "more is better",
    ),
    "task_without_metrics": Broken(
        EXACT, "metric_list:", "metrics:", "metric_list", "metric_list:", "# The model"
    ),
    "task_without_target": Broken(
        EXACT, 'doc_to_target: "{{completion}}"', "doc_to_target: 3", "doc_to_target", "'{{prompt}}'"
    ),
    "task_runs_code": Broken(
        EXACT, "test_split:", "unsafe_code: true\ntest_split:", "unsafe_code", "Remove it"
    ),
}

YAML = {
    "duplicate_key": Broken(MODEL, "owner: ", "suite: a\nowner: ", "suite", "Keep one", "suite: tax_desk"),
    "duplicate_nested_key": Broken(
        MODEL, "  rank: 16", "  rank: 1\n  rank: 16", "recipe.rank", "Keep one", "  rank: 16"
    ),
    "function_tag": Broken(EXACT, '"{{completion}}"', "!function tasks.answer", "the file", "in full"),
    "python_tag": model("seed: 0", "seed: !!python/object/apply:os.system [ls]", "the file", "in full"),
    "anchor": model("tax_desk", "&suite tax_desk", "the file", "in full"),
    "alias": model("tax_desk", "*suite", "the file", "in full"),
    "merge_key": model("  rank: 16", "  <<: {rank: 16}", "recipe.<<", "quotes"),
    "switch_as_key": model("owner: ", "on: x\nowner: ", "on", "quotes"),
    "list_as_key": model("owner: ", "[a]: x\nowner: ", "the file", "quotes"),
    "open_quote": model("owner: tax", "owner: 'tax", "the file", "quote"),
    "broken_indent": Broken(
        MODEL, "  rank: 16", "  rank: 16\n epochs: 3", "the file", "indentation", " epochs: 3"
    ),
    "second_document": model("owner: ", "---\nowner: ", "the file", "Repair"),
    "control_character": model("owner: tax", "owner: \x07tax", "the file", "Repair"),
    "lone_surrogate": model("owner: tax-desk@example.com", 'owner: "\\ud800"', "the file", "quote there"),
}
