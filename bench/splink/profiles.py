"""How Splink is set up for each data set.

`fake_1000`, `historical_50k` and `febrl` follow the examples of Splink's own documentation (Examples,
DuckDB: "Evaluation from ground truth column", "Deduplicate 50k rows historical persons", "Febrl3
Dedupe"): the same blocking rules, comparisons, rules of the prior and training rules. `generated` is the
setup for the files of bench/generator; the others are plain ones in the same manner. Nothing is fitted
to labels.
"""

from dataclasses import dataclass

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import block_on


@dataclass
class Profile:
    #: SQL from the table `records` to what Splink is given
    prepared: str
    #: which pairs are compared: each a list of column expressions that must be equal
    rules: list
    comparisons: list
    #: surely-equal rules, and which share of the true pairs they are said to find
    deterministic: list
    recall: float
    #: what EM is trained on, as block_on rules
    training: list
    #: random pairs for u: Splink's default, where its documentation does not say otherwise for the set
    u_pairs: float = 1e6

    @property
    def blocking(self):
        return [block_on(*rule) for rule in self.rules]

    @property
    def blocking_texts(self):
        return [" + ".join(rule) for rule in self.rules]

    @property
    def comparison_texts(self):
        return [type(comparison).__name__ for comparison in self.comparisons]


def profile_of(name, columns):
    """The profile of a name, for the columns that are there."""
    return PROFILES[name](set(columns))


def fake_1000(_columns):
    near = "levenshtein(r.dob, l.dob) <= 1"
    return Profile(
        prepared=blanks_as_null(["first_name", "surname", "dob", "city", "email"]),
        rules=[["first_name"], ["surname"], ["dob"], ["email"]],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            with_frequencies("city"),
            cl.EmailComparison("email"),
        ],
        deterministic=[
            f"l.first_name = r.first_name and {near}",
            f"l.surname = r.surname and {near}",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ],
        recall=0.7,
        training=[block_on("dob"), block_on("email"), block_on("first_name", "surname")],
    )


def historical_50k(_columns):
    area, forename, family = "substr(postcode_fake,1,3)", "first_name", "surname"
    return Profile(
        prepared=blanks_as_null(
            ["first_name", "surname", "dob", "birth_place", "postcode_fake", "occupation"],
            ", first_name || ' ' || surname as both_names",
        ),
        rules=[
            ["substr(first_name,1,3)", "substr(surname,1,4)"],
            ["surname", "dob"],
            ["first_name", "dob"],
            ["postcode_fake", "first_name"],
            ["postcode_fake", "surname"],
            ["dob", "birth_place"],
            [area, "dob"],
            [area, forename],
            [area, family],
            ["substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"],
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            with_frequencies("birth_place"),
            with_frequencies("occupation"),
        ],
        deterministic=[
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
        training=[block_on("first_name", "surname"), block_on("dob")],
        u_pairs=1e7,
    )


def febrl(columns):
    """As documented for febrl3; with `soc_sec_id` and `phone_number` where they are not left out."""
    names = ["given_name", "surname", "date_of_birth", "street_number", "postcode"]
    ids = [name for name in ("soc_sec_id", "phone_number") if name in columns]
    swapped = "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
    return Profile(
        prepared=blanks_as_null([*names, *ids]),
        rules=[
            *[[name] for name in ids],
            *[["given_name"], ["surname"], ["date_of_birth"], ["postcode"]],
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            *[cl.DamerauLevenshteinAtThresholds(name, [2]) for name in ids],
            with_frequencies("street_number"),
            with_frequencies("postcode"),
        ],
        deterministic=[
            *[block_on(name) for name in ids],
            block_on("given_name", "surname", "date_of_birth"),
            swapped,
        ],
        recall=0.9,
        training=[block_on("date_of_birth"), block_on("postcode")],
    )


#: Of a value of e-mail or phone with more records than this nobody is the owner: cleaning that Splink's
#: documentation asks of its user, and that Mainstem does by itself.
SHARED_MAX = 50

#: The columns of each blocking rule; `bench/splink.bench.mjs` gives Mainstem the same ones.
GENERATED_RULES = [
    ["email"],
    ["phone"],
    ["last_name", "birth_date"],
    ["first_name", "birth_date"],
    ["first_name", "last_name", "city"],
    ["last_name", "postcode"],
    ["first_name", "postcode"],
    ["street", "postcode"],
]


def generated(_columns):
    prepared = f"""
        with plain as (
          select unique_id, truth_entity,
            nullif(lower(trim(first_name)), '') as first_name,
            nullif(lower(trim(last_name)), '') as last_name,
            nullif(regexp_replace(lower(trim(email)), '\\+[^@]*@', '@'), '') as email,
            nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') as phone,
            nullif(lower(trim(street)), '') as street,
            nullif(lower(trim(city)), '') as city,
            nullif(postcode, '') as postcode,
            case when birth_date like '________' then
              birth_date[1:4] || '-' || birth_date[5:6] || '-' || birth_date[7:8]
              else nullif(birth_date, '') end as birth_date
          from records
        )
        select * replace (
            case when count(*) over (partition by email) <= {SHARED_MAX} then email end as email,
            case when count(*) over (partition by phone) <= {SHARED_MAX} then phone end as phone
          ), first_name || ' ' || last_name as full_name
        from plain"""
    return Profile(
        prepared=prepared,
        rules=GENERATED_RULES,
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "last_name", forename_surname_concat_col_name="full_name"
            ),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1]),
            address(),
        ],
        deterministic=[
            block_on("email"),
            block_on("phone", "last_name"),
            block_on("first_name", "last_name", "birth_date"),
        ],
        recall=0.7,
        training=[block_on("first_name", "last_name"), block_on("email")],
    )


def arango(columns):
    """Contacts of companies."""
    places = [name for name in ("zip_code", "address", "city") if name in columns]
    return Profile(
        prepared=blanks_as_null(["first_name", "last_name", "email", "phone", "company", *places]),
        rules=[["email"], ["phone"], ["last_name"], ["first_name", "company"], ["address"]],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "last_name"),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1]),
            cl.JaroWinklerAtThresholds("company", [0.9, 0.7]),
            cl.LevenshteinAtThresholds("address", [3]),
            *[cl.ExactMatch(name) for name in places if name == "zip_code"],
        ],
        deterministic=[block_on("email"), block_on("phone"), block_on("first_name", "last_name")],
        recall=0.7,
        training=[block_on("last_name"), block_on("address")],
    )


def senzing(_columns):
    """Persons and organisations in one: the name is whichever there is."""
    prepared = """
        select unique_id, truth_entity,
          lower(coalesce(PRIMARY_NAME_ORG, PRIMARY_NAME_FULL,
            concat_ws(' ', PRIMARY_NAME_FIRST, PRIMARY_NAME_LAST))) as name,
          strftime(coalesce(try_strptime(DATE_OF_BIRTH, '%m/%d/%Y'), try_strptime(DATE_OF_BIRTH, '%Y-%m-%d')),
            '%Y-%m-%d') as birth,
          lower(EMAIL_ADDRESS) as email, regexp_replace(PHONE_NUMBER, '[^0-9]', '', 'g') as phone,
          lower(coalesce(ADDR_FULL, ADDR_LINE1)) as address, ADDR_POSTAL_CODE as postcode,
          coalesce(PASSPORT_NUMBER, DRIVERS_LICENSE_NUMBER, SSN_NUMBER, NATIONAL_ID_NUMBER) as number
        from records"""
    return Profile(
        prepared=prepared,
        rules=[
            *[["email"], ["phone"], ["birth"], ["number"], ["address"], ["postcode"]],
            ["substr(name,1,4)"],
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]),
            cl.DateOfBirthComparison("birth", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1]),
            cl.JaroWinklerAtThresholds("address", [0.92, 0.8]),
            cl.ExactMatch("number"),
        ],
        deterministic=[block_on("email"), block_on("number"), block_on("name", "birth")],
        recall=0.6,
        training=[block_on("phone"), block_on("substr(name,1,4)")],
    )


def chicago(_columns):
    """Sites of organisations."""
    prepared = """
        select unique_id, truth_entity, lower(trim("Site name")) as name, lower(trim("Address")) as address,
          nullif(trim("Zip"), '') as zip, nullif(regexp_replace("Phone", '[^0-9]', '', 'g'), '') as phone
        from records"""
    return Profile(
        prepared=prepared,
        rules=[["phone"], ["address"], ["name"], ["substr(name,1,5)", "zip"], ["substr(address,1,6)"]],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]),
            cl.JaroWinklerAtThresholds("address", [0.92, 0.8]),
            with_frequencies("zip"),
            cl.LevenshteinAtThresholds("phone", [1]),
        ],
        deterministic=[block_on("phone", "address"), block_on("name", "address")],
        recall=0.6,
        training=[block_on("phone"), block_on("name")],
    )


def address():
    """Street, postcode and city say the same thing: as three comparisons they would count three times."""
    street, postcode, city = (cll.ExactMatchLevel(name) for name in ("street", "postcode", "city"))
    return cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.And(cll.NullLevel("postcode"), cll.NullLevel("city")),
            cll.And(street, postcode),
            cll.And(cll.LevenshteinLevel("street", 2), postcode),
            postcode,
            city,
            cll.ElseLevel(),
        ],
    )


def blanks_as_null(columns, more=""):
    """Splink compares what is there: a blank is no value."""
    values = ", ".join(f"""nullif(trim("{name}"), '') as "{name}" """ for name in columns)
    return f"select *{more} from (select unique_id, truth_entity, {values} from records)"


def with_frequencies(column):
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


PROFILES = {
    "fake_1000": fake_1000,
    "historical_50k": historical_50k,
    "febrl": febrl,
    "generated": generated,
    "arango": arango,
    "senzing": senzing,
    "chicago": chicago,
}
