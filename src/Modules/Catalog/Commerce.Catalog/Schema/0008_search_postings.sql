-- Postings are written and taken away segment by segment and read by both, the term and the segments. With the segment first those of a new segment go in at
-- one place of one index; with the term first they went to all places of it, and to a second index besides.

alter table catalog.search_postings drop constraint search_postings_pkey;
drop index catalog.search_postings_segment;
alter table catalog.search_postings add primary key (segment, term);
