/** What the flags of the soak mean, and the form of its history. */
export const HELP = `Three gateways, two workers and two coordinators with caches, on Kafka, Redis and PostgreSQL, under load over 50
keys, while processes are stopped past their leases and sessions or killed, links to Kafka and to Redis are cut, stalled
and slowed, Redis is emptied or comes back with old data. Then the history is checked: no read is older than a write
acknowledged before it began, nor than a read that ended before it began.

  --seconds N     of load, at least 15
  --history FILE  where the history goes (default: a file in the folder for temporary files; it is named)
  --seed N        which fault meets whom and when
  --busy N        as many processes beside it that never wait
  --once          every fault once, however long that takes, instead of again and again for the time given
  --fault NAME    this kind alone; may be given several times:
                  SIGSTOP ROLE, kill -9 ROLE, kill -9 Kafka (ROLE: gateway, secret-worker, cache-invalidator),
                  link to END cut, link to END held, link to END slow (END: kafka, redis),
                  FLUSHALL, Redis with old data

The history has a line of JSON for each operation, in the order in which they ended:
  {"op":"read"|"write","key","version","start","end","instance","outcome":"ok"|"fail"|"unknown","cache":"l1"|"l2"|"store"}
Times are microseconds of one monotonic clock; "key" is one path, namespace and key. Versions of a key grow by one with
each of its writes, deletions included, and 0 is its absence before the first; a write begins only when the one before
it is acknowledged. After a write of unknown outcome a key is written no more. A read of a child namespace that its
parent answered makes two lines: one of the parent's path, and one of the child's, found absent. A read that found
nothing has the version of the deletion that it met; where the times allow more than one its outcome is "unknown", and
it says nothing. "cache" is the farthest place that was asked ("store" where the answer does not tell: not found).

Every fault is a line of JSON on standard error, with its time (also as "us", on the history's clock) and the pid. The
figures come last, on standard output. Ends with 1 when a read is stale or out of order, and also when less than 30 % of
the reads came from a cache: then the run proves nothing.`;
