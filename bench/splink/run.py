"""Runs Splink over one prepared file and prints what it found, in one JSON document.

    python run.py --records FILE.parquet --profile NAME [--threads N] [--memory 12GB]

The file has the columns `unique_id` and `truth_entity` (never used for matching) beside its own. How
Splink is set up for it is in profiles.py; measures.py says how its answer is judged.
"""

import argparse
import json
import logging
import resource
import time

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from measures import blocking, clusters, edges
from profiles import profile_of

THRESHOLDS = (0.5, 0.9, 0.95, 0.99, 0.999)


def main():
    given = arguments()
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    connection.execute(f"set threads = {given.threads}")
    connection.execute(f"set memory_limit = '{given.memory}'")
    connection.execute("set enable_progress_bar = false")
    seconds = {}

    def timed(stage, work):
        started = time.perf_counter()
        answer = work()
        seconds[stage] = round(seconds.get(stage, 0) + time.perf_counter() - started, 3)
        return answer

    timed("load", lambda: load(connection, given.records))
    columns = [row[0] for row in connection.execute("describe records").fetchall()]
    profile = profile_of(given.profile, columns)
    timed("load", lambda: connection.execute(f"create table prepared as {profile.prepared}"))
    linker = timed("load", lambda: linker_of(connection, profile))
    train(linker, profile, timed)
    predicted = timed("predict", lambda: linker.inference.predict())
    found = [
        at_threshold(connection, linker, predicted, threshold, timed) for threshold in THRESHOLDS
    ]
    scored = predicted.physical_name
    pairs = connection.execute(f"select count(*) from {scored}").fetchone()[0]
    used = sum(seconds.values())
    print(
        json.dumps(
            {
                "profile": given.profile,
                "records": connection.execute("select count(*) from prepared").fetchone()[0],
                "seconds": {**seconds, "all": round(used, 3)},
                "pairs": pairs,
                "pairsPerSecond": round(pairs / max(seconds["predict"], 1e-9)),
                "blockingRules": profile.blocking_texts,
                "comparisons": profile.comparison_texts,
                "blocking": blocking(connection, scored),
                "thresholds": found,
                "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "versions": {"splink": version("splink"), "duckdb": duckdb.__version__},
            }
        )
    )


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", required=True)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--memory", default="12GB")
    return parser.parse_args()


def version(package):
    from importlib.metadata import version as installed

    return installed(package)


def load(connection, path):
    """Reads the file whole: what comes after works in memory."""
    connection.execute("create table records as select * from read_parquet(?)", [path])


def linker_of(connection, profile):
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=profile.blocking,
        comparisons=profile.comparisons,
        additional_columns_to_retain=["truth_entity"],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    return Linker("prepared", settings, DuckDBAPI(connection=connection))


def train(linker, profile, timed):
    training = linker.training
    timed(
        "prior",
        lambda: training.estimate_probability_two_random_records_match(
            profile.deterministic, recall=profile.recall
        ),
    )
    timed("u", lambda: training.estimate_u_using_random_sampling(max_pairs=profile.u_pairs, seed=1))
    for rule in profile.training:
        timed(
            "em",
            lambda: training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True
            ),
        )


def at_threshold(connection, linker, predicted, threshold, timed):
    """Only the clustering at .95 counts as time of Splink: the others are for the table."""
    stage = "cluster" if threshold == 0.95 else None

    def cluster():
        return linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=threshold
        )

    clustered = timed(stage, cluster) if stage else cluster()
    return {
        "threshold": threshold,
        "edge": edges(connection, predicted.physical_name, threshold),
        **clusters(connection, clustered.physical_name),
    }


if __name__ == "__main__":
    main()
