"""How Splink's answer is judged: the same measures, by the same definitions, as `mainstem evaluate`."""


def blocking(connection, scored):
    """How many of the true pairs were compared at all."""
    (compared,) = connection.execute(
        f"select count(*) from {scored} where truth_entity_l = truth_entity_r"
    ).fetchone()
    return {"truePairs": true_pairs(connection), "compared": compared, "recall": ratio(compared, true_pairs(connection))}


def edges(connection, scored, threshold):
    """Pairs scored at the threshold or above, against all true pairs: what blocking missed counts."""
    said, right = connection.execute(
        f"""select count(*), count(*) filter (where truth_entity_l = truth_entity_r)
            from {scored} where match_probability >= {threshold}"""
    ).fetchone()
    return rates(right, said, true_pairs(connection))


def clusters(connection, clustered):
    """Pairs that the final clusters imply, B-cubed, exact clusters and the largest one."""
    connection.execute(
        f"""create or replace temp table cell as
            select c.cluster_id as cluster, p.truth_entity as entity, count(*) as n
            from {clustered} c join prepared p using (unique_id) group by all"""
    )
    (right,) = connection.execute("select sum(n * (n - 1) // 2) from cell").fetchone()
    said, largest, entities = connection.execute(
        """select sum(n * (n - 1) // 2), max(n), count(*)
           from (select sum(n) as n from cell group by cluster)"""
    ).fetchone()
    precision, recall, exact = connection.execute(
        """select sum(n * n / in_cluster) / sum(n), sum(n * n / in_entity) / sum(n),
                  count(*) filter (where n = in_cluster and n = in_entity) / count(distinct entity)
           from (select *, sum(n) over (partition by cluster) as in_cluster,
                        sum(n) over (partition by entity) as in_entity from cell)"""
    ).fetchone()
    return {
        "pairwise": rates(int(right), int(said), true_pairs(connection)),
        "bcubed": {"precision": precision, "recall": recall, "f1": f1(precision, recall)},
        "exactClusterRate": exact,
        "largestCluster": int(largest),
        "entities": entities,
    }


def true_pairs(connection):
    (pairs,) = connection.execute(
        """select coalesce(sum(n * (n - 1) // 2), 0)
           from (select count(*) as n from prepared where truth_entity is not null group by truth_entity)"""
    ).fetchone()
    return int(pairs)


def rates(right, said, true):
    precision, recall = ratio(right, said), ratio(right, true)
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall)}


def ratio(part, whole):
    return part / whole if whole else 1.0


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
