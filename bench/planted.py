"""What an inspection must find in a generated season: pods, crowds and bursts, each once in five hundred ambassadors.

All follow from numbers, as the season does (bench/season.py). Of each five hundred ambassadors, those with the numbers
0 to 5 are a pod, 10 has a crowd on three posts and 20 a burst on one.
"""

from collections import Counter

from services.gamification.integrity.domain import Kind

EACH = 500
_PODS = """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, colleague_id, kind, at)
    SELECT md5('pod ' || a || ' ' || b || ' ' || s)::uuid, md5('share ' || a || ' ' || s)::uuid,
           md5('ambassador ' || a)::uuid, 'colleague ' || b, md5('ambassador ' || b)::uuid, 'comment',
           $2::timestamptz - s * interval '84 hours' + b % 500 * interval '3 minutes'
    FROM generate_series(0, $1::int - 1, 500) AS p, generate_series(p, p + 5) AS a, generate_series(p, p + 5) AS b,
         generate_series(0, 3) AS s
    WHERE a <> b
"""
# twenty people, minutes apart
_CROWDS = """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, colleague_id, kind, at)
    SELECT md5('crowd ' || a || ' ' || n || ' ' || s)::uuid, md5('share ' || a || ' ' || s)::uuid,
           md5('ambassador ' || a)::uuid, 'bought ' || n, NULL, 'reaction',
           $2::timestamptz - s * interval '84 hours' + n * interval '3 minutes'
    FROM generate_series(10, $1::int - 1, 500) AS a, generate_series(1, 20) AS n, generate_series(1, 3) AS s
"""
# thirty people, a second apart, none of them on a whole minute
_BURSTS = """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, colleague_id, kind, at)
    SELECT md5('burst ' || a || ' ' || n)::uuid, md5('share ' || a || ' 1')::uuid,
           md5('ambassador ' || a)::uuid, 'rushing ' || a || ' ' || n, NULL, 'reaction',
           date_trunc('minute', $2::timestamptz) - interval '80 hours' + n * interval '1 second'
    FROM generate_series(20, $1::int - 1, 500) AS a, generate_series(1, 30) AS n
"""
PLANTED = (_PODS, _CROWDS, _BURSTS)

# nobody from outside, and everybody favours the two beside them and two further away, who return it
_NO_OUTSIDERS = """
    DELETE FROM evidence_touch
    WHERE colleague_id IS NULL AND person LIKE 'person%' AND $1::int > 0 AND at <= $2::timestamptz + interval '1 day'
"""
_CIRCLE = """
    INSERT INTO evidence_touch (interaction_id, share_id, ambassador_id, person, colleague_id, kind, at)
    SELECT md5('circle ' || a || ' ' || step || ' ' || s)::uuid, md5('share ' || a || ' ' || s)::uuid,
           md5('ambassador ' || a)::uuid, 'colleague ' || (a + step + $1) % $1,
           md5('ambassador ' || (a + step + $1) % $1)::uuid, 'reaction',
           $2::timestamptz - s * interval '84 hours' + step * interval '7 minutes'
    FROM generate_series(0, $1::int - 1) AS a, unnest(ARRAY[-37, -1, 1, 37]) AS step, generate_series(0, 1) AS s
    WHERE NOT (a % 500 < 6 AND (a + step + $1) % $1 % 500 < 6)
"""
INTERNAL = (_NO_OUTSIDERS, _CIRCLE)


def expected(ambassadors: int) -> Counter[Kind]:
    """Return how much of each kind is planted among so many, a multiple of 500."""
    number = ambassadors // EACH
    return Counter({Kind.POD: number, Kind.CROWD: number, Kind.BURST: number})
