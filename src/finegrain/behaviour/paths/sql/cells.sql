-- What each path passes, in all paths (slot 0) and in its group: the whole (position 0), nodes, edges, and where it stops.
-- Names are places from 1; one that does not stand by itself is behind the last. Of nodes `far` is 0, −1 says that the path
-- stops there, and −2 that it goes on beyond the last position.
WITH
    placed AS (
        SELECT
            owner,
            value,
            beyond,
            arrayMap(position -> toInt32(position), arrayEnumerate(names)) AS positions,
            arrayMap(
                (name, position) -> toInt32(
                    if(
                        has({kept:Array(Array(String))}[position], name),
                        indexOf({kept:Array(Array(String))}[position], name),
                        {most:UInt32} + 1
                    )
                ),
                names,
                positions
            ) AS places
        FROM paths
    ),
    grouped AS (
        SELECT
            owner,
            beyond,
            positions,
            places,
            multiIf(
                isNull(value), length({named:Array(String)}) + 2,
                has({named:Array(String)}, assumeNotNull(value)), indexOf({named:Array(String)}, assumeNotNull(value)),
                length({named:Array(String)}) + 1
            ) AS own_slot
        FROM placed
    ),
    passed AS (
        SELECT
            owner,
            arrayJoin(if({broken_down:Bool}, [0, toInt32(own_slot)], [0])) AS slot,
            arrayJoin(
                arrayConcat(
                    [(0, 0, 0)],
                    arrayMap((position, near) -> (position, near, 0), positions, places),
                    arrayMap(
                        (position, near, far) -> (position, near, far),
                        arrayPopBack(positions),
                        arrayPopBack(places),
                        arrayPopFront(places)
                    ),
                    [(positions[-1], places[-1], if(beyond, -2, -1))]
                )
            ) AS cell
        FROM grouped
    )
SELECT
    owner,
    toInt64(slot) AS slot,
    toInt64(cell.1) AS position,
    toInt64(cell.2) AS near,
    toInt64(cell.3) AS far
FROM passed
