-- Facets, orders and words of works, kept by triggers so that whoever writes `works` and `texts` need not know of them.
-- A facet's value is one token of a full-text index: U+E000, the facet's name, the value in hex. No word of a text holds
-- U+E000, because it is taken out of every text below.
WITH o AS (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM `works`)
UPDATE `works` SET `ordinal` = o.n FROM o WHERE o.seq = `works`.seq;
--> statement-breakpoint
DELETE FROM `totals`;
--> statement-breakpoint
DELETE FROM `facet_counts`;
--> statement-breakpoint
DELETE FROM `creators`;
--> statement-breakpoint
INSERT INTO `totals` (name, value) SELECT 'works', count(*) FROM `works` HAVING count(*) > 0;
--> statement-breakpoint
-- The same arithmetic as `warmed` in the fold, for what happened before the column was there.
CREATE TABLE `heats` AS WITH RECURSIVE happened AS (
  SELECT work_id, seq, at, row_number() OVER (PARTITION BY work_id ORDER BY seq) AS n
  FROM (SELECT work_id, seq, at FROM `trades` UNION ALL SELECT work_id, seq, at FROM `collections`)),
heat (work_id, n, seq, warm) AS (
  SELECT work_id, 1, seq, at FROM happened WHERE n = 1
  UNION ALL
  SELECT h.work_id, h.n, h.seq, (
    SELECT h.at + m * 259200 + (total >> m) - 259200 FROM (
      SELECT total, CASE WHEN whole < 0 THEN 0 WHEN total >= (259200 << (whole + 1)) THEN whole + 1 ELSE whole END AS m FROM (
        SELECT whole, 259200 + CASE WHEN whole < 0 THEN (259200 + part) >> -whole ELSE (259200 + part) << whole END AS total FROM (
          SELECT (ahead - part) / 259200 AS whole, part FROM (
            SELECT ahead, ((ahead % 259200) + 259200) % 259200 AS part FROM (SELECT warm - h.at AS ahead))))))
  FROM heat JOIN happened h ON h.work_id = heat.work_id AND h.n = heat.n + 1)
SELECT work_id, seq, warm FROM heat;
--> statement-breakpoint
CREATE INDEX `heats_by_work` ON `heats` (work_id, seq);
--> statement-breakpoint
UPDATE `works` SET `warm_until` = coalesce((SELECT warm FROM heats h WHERE h.work_id = `works`.work_id ORDER BY h.seq DESC LIMIT 1), 0);
--> statement-breakpoint
-- What a reorganisation would bring back gets the new columns too, and the count that stood before each block.
UPDATE `journal` SET `before` = json_set(`before`, '$.ordinal', (SELECT ordinal FROM works WHERE work_id = `key`), '$.warmUntilSeconds',
  coalesce((SELECT warm FROM heats h WHERE h.work_id = `key` AND h.seq < (block << 20) ORDER BY h.seq DESC LIMIT 1), 0))
WHERE `table_name` = 'works' AND `before` IS NOT NULL;
--> statement-breakpoint
INSERT INTO `journal` (block, table_name, key, before)
  SELECT block, 'totals', 'works', CASE n WHEN 0 THEN NULL ELSE json_object('name', 'works', 'value', n) END
  FROM (SELECT DISTINCT block, (SELECT count(*) FROM works WHERE seq < (block << 20)) AS n
    FROM journal WHERE table_name = 'works' AND before IS NULL);
--> statement-breakpoint
DROP TABLE `heats`;
--> statement-breakpoint
CREATE TABLE `wordless` (`seq` integer PRIMARY KEY NOT NULL);
--> statement-breakpoint
CREATE TABLE `words` (
	`word` text PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`magnitude` integer NOT NULL,
	`pieced` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `words_by_2` ON `words` (substr(`word`, 1, 2), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_by_3` ON `words` (substr(`word`, 1, 3), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_by_4` ON `words` (substr(`word`, 1, 4), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_untended` ON `words` (`word`) WHERE (`works` > 0) <> `pieced`;
--> statement-breakpoint
CREATE TABLE `word_pieces` (
	`piece` text NOT NULL,
	`word` text NOT NULL,
	PRIMARY KEY (`piece`, `word`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE VIEW `work_facets` (seq, facet, value) AS
  SELECT w.seq, j.value ->> 0, j.value ->> 1 FROM works w, json_each(json_array(
    json_array('kind', kind), json_array('disclosure', disclosure), json_array('price', CAST((price_atomic >= 1) + (price_atomic >= 10000) + (price_atomic >= 20000) + (price_atomic >= 50000) + (price_atomic >= 100000) + (price_atomic >= 200000) + (price_atomic >= 500000) + (price_atomic >= 1000000) + (price_atomic >= 2000000) + (price_atomic >= 5000000) + (price_atomic >= 10000000) + (price_atomic >= 20000000) + (price_atomic >= 50000000) + (price_atomic >= 100000000) + (price_atomic >= 200000000) + (price_atomic >= 500000000) + (price_atomic >= 1000000000) AS TEXT)))) j;
--> statement-breakpoint
-- D1 joins at most five SELECTs to one: hence lists in JSON, not UNIONs.
CREATE VIEW `text_facets` (seq, facet, value) AS
  SELECT t.seq, j.value ->> 0, j.value ->> 1 FROM texts t, json_each(json_array(
    json_array('language', CASE instr(language, '-') WHEN 0 THEN language ELSE substr(language, 1, instr(language, '-') - 1) END), json_array('licence', licence),
    json_array('base', base_model_sha256), json_array('baseName', base_model_name),
    json_array('adapter', CASE WHEN has_adapter THEN 'yes' ELSE 'no' END))) j
  UNION ALL SELECT t.seq, 'tag', j.value FROM texts t, json_each(t.tags) j;
--> statement-breakpoint
-- The same values as tokens. `marks` say on which shelves the work stands.
CREATE VIEW `facet_tokens` (seq, ordinal, marks, tokens) AS
  SELECT w.seq, w.ordinal, CASE WHEN w.sales > 0 THEN char(57344) || 'shelf1 ' ELSE '' END
    || CASE WHEN w.collected_atomic <> '0' THEN char(57344) || 'shelf2 ' ELSE '' END
    || CASE WHEN w.warm_until > 0 THEN char(57344) || 'shelf3 ' ELSE '' END,
    char(57344) || 'kind' || hex(lower(w.kind)) || ' '
    || char(57344) || 'disclosure' || hex(lower(w.disclosure)) || ' '
    || char(57344) || 'creator' || hex(lower(w.creator)) || ' '
    || char(57344) || 'price' || hex(lower(((price_atomic >= 1) + (price_atomic >= 10000) + (price_atomic >= 20000) + (price_atomic >= 50000) + (price_atomic >= 100000) + (price_atomic >= 200000) + (price_atomic >= 500000) + (price_atomic >= 1000000) + (price_atomic >= 2000000) + (price_atomic >= 5000000) + (price_atomic >= 10000000) + (price_atomic >= 20000000) + (price_atomic >= 50000000) + (price_atomic >= 100000000) + (price_atomic >= 200000000) + (price_atomic >= 500000000) + (price_atomic >= 1000000000))))
    || CASE WHEN t.seq IS NULL THEN '' ELSE ' ' || char(57344) || 'language' || hex(lower(CASE instr(t.language, '-') WHEN 0 THEN t.language ELSE substr(t.language, 1, instr(t.language, '-') - 1) END)) || ' '
    || char(57344) || 'licence' || hex(lower(t.licence)) || ' '
    || char(57344) || 'base' || hex(lower(t.base_model_sha256)) || ' '
    || char(57344) || 'baseName' || hex(lower(t.base_model_name)) || ' '
    || char(57344) || 'adapter' || hex(lower(CASE WHEN t.has_adapter THEN 'yes' ELSE 'no' END))
    || coalesce((SELECT group_concat(' ' || char(57344) || 'tag' || hex(lower(value)), '') FROM json_each(t.tags)), '') END
  FROM works w LEFT JOIN texts t ON t.seq = w.seq;
--> statement-breakpoint
-- One full-text index holds every order but age: the row id says which (2 bits), the place in it (37) and the work (24).
-- A work that nobody bought stands on no shelf of purchases: it follows by age, and `marks` tells it from the others.
CREATE VIEW `shelf_places` (seq, shelf, place) AS
  SELECT seq, 0, ((CASE WHEN price_atomic < 68719476736 THEN price_atomic ELSE 68719476736 + (min(price_atomic, 281474976710655) >> 12) END) << 24) | ordinal FROM works
  UNION ALL SELECT seq, 1, (1 << 61) | (min(sales, 137438953471) << 24) | ordinal FROM works WHERE sales > 0
  UNION ALL SELECT seq, 2, (2 << 61) | ((CASE WHEN CAST(collected_atomic AS INTEGER) < 68719476736 THEN CAST(collected_atomic AS INTEGER) ELSE 68719476736 + (min(CAST(collected_atomic AS INTEGER), 281474976710655) >> 12) END) << 24) | ordinal FROM works WHERE collected_atomic <> '0'
  UNION ALL SELECT seq, 3, (3 << 61) | (min(warm_until, 137438953471) << 24) | ordinal FROM works WHERE warm_until > 0;
--> statement-breakpoint
DROP TRIGGER `search_insert`;
--> statement-breakpoint
DROP TRIGGER `search_delete`;
--> statement-breakpoint
DROP TRIGGER `search_update`;
--> statement-breakpoint
DROP TABLE `search`;
--> statement-breakpoint
-- Words and facets, by the work's ordinal: the order of age. No prefix index: a prefix becomes the words that begin so.
CREATE VIRTUAL TABLE `search` USING fts5(title, summary, tags, facets, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE `shelves` USING fts5(facets, content='', contentless_delete=1, detail=none, tokenize='unicode61');
--> statement-breakpoint
-- Where the words of one text are told apart by the very tokenizer of `search`; always empty between two statements.
CREATE VIRTUAL TABLE `scratch` USING fts5(words, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE `scratch_words` USING fts5vocab('scratch', 'row');
--> statement-breakpoint
INSERT INTO `search` (rowid, title, summary, tags, facets)
  SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
  FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq ORDER BY f.ordinal;
--> statement-breakpoint
INSERT INTO `shelves` (rowid, facets)
  SELECT p.place, f.tokens FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq ORDER BY p.shelf, f.ordinal;
--> statement-breakpoint
INSERT INTO `scratch` (rowid, words)
  SELECT seq, replace(title || ' ' || summary, char(57344), ' ') || ' ' || tags FROM texts;
--> statement-breakpoint
INSERT INTO `words` (word, works, magnitude, pieced)
  SELECT term, doc, length(printf('%o', doc)), 0 FROM scratch_words WHERE length(term) BETWEEN 2 AND 40;
--> statement-breakpoint
INSERT INTO `scratch` (`scratch`) VALUES ('delete-all');
--> statement-breakpoint
INSERT INTO `facet_counts` (facet, value, works)
  SELECT facet, lower(value), count(DISTINCT seq) FROM (SELECT * FROM work_facets UNION ALL SELECT * FROM text_facets)
  GROUP BY facet, lower(value);
--> statement-breakpoint
INSERT INTO `creators` (creator, works, minted, sales, collected_atomic, royalties_atomic)
  SELECT creator, count(*), sum(minted), sum(sales), sum(CAST(collected_atomic AS INTEGER)), sum(CAST(royalties_atomic AS INTEGER))
  FROM works GROUP BY creator;
--> statement-breakpoint
INSERT INTO `wordless` (seq)
  SELECT w.seq FROM works w LEFT JOIN texts t ON t.seq = w.seq WHERE t.content_hash IS NOT w.content_hash;
--> statement-breakpoint
CREATE TRIGGER `works_insert` AFTER INSERT ON `works` BEGIN
  INSERT OR IGNORE INTO wordless (seq) VALUES (new.seq);
  INSERT INTO facet_counts (facet, value, works) SELECT DISTINCT facet, lower(value), 1 FROM work_facets WHERE seq = new.seq
    ON CONFLICT (facet, value) DO UPDATE SET works = works + 1;
  DELETE FROM search WHERE rowid = (SELECT ordinal FROM works WHERE seq = new.seq);
  INSERT INTO search (rowid, title, summary, tags, facets)
    SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
    FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq WHERE f.seq = new.seq;
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = new.seq);
  INSERT INTO shelves (rowid, facets)
    SELECT p.place, f.tokens FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq WHERE f.seq = new.seq;
  INSERT INTO creators (creator, works, minted, sales, collected_atomic, royalties_atomic)
    VALUES (new.creator, 1, new.minted, new.sales, CAST(new.collected_atomic AS INTEGER), CAST(new.royalties_atomic AS INTEGER))
    ON CONFLICT (creator) DO UPDATE SET works = works + 1, minted = minted + excluded.minted, sales = sales + excluded.sales,
      collected_atomic = collected_atomic + excluded.collected_atomic,
      royalties_atomic = royalties_atomic + excluded.royalties_atomic;
END;
--> statement-breakpoint
CREATE TRIGGER `works_delete` BEFORE DELETE ON `works` BEGIN
  DELETE FROM wordless WHERE seq = old.seq;
  UPDATE facet_counts SET works = works - 1
    WHERE (facet, value) IN (SELECT facet, lower(value) FROM work_facets WHERE seq = old.seq);
  DELETE FROM facet_counts WHERE works = 0
    AND (facet, value) IN (SELECT facet, lower(value) FROM work_facets WHERE seq = old.seq);
  DELETE FROM search WHERE rowid = old.ordinal;
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = old.seq);
  UPDATE creators SET works = works - 1, minted = minted - old.minted, sales = sales - old.sales,
    collected_atomic = collected_atomic - CAST(old.collected_atomic AS INTEGER),
    royalties_atomic = royalties_atomic - CAST(old.royalties_atomic AS INTEGER) WHERE creator = old.creator;
  DELETE FROM creators WHERE creator = old.creator AND works = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `works_leave_shelves` BEFORE UPDATE ON `works` WHEN old.sales <> new.sales OR old.collected_atomic <> new.collected_atomic OR old.warm_until <> new.warm_until BEGIN
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = old.seq
    AND (shelf = 1 AND old.sales <> new.sales OR shelf = 2 AND old.collected_atomic <> new.collected_atomic
      OR shelf = 3 AND old.warm_until <> new.warm_until));
END;
--> statement-breakpoint
CREATE TRIGGER `works_enter_shelves` AFTER UPDATE ON `works` WHEN old.sales <> new.sales OR old.collected_atomic <> new.collected_atomic OR old.warm_until <> new.warm_until BEGIN
  INSERT INTO shelves (rowid, facets) SELECT p.place, f.tokens
    FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq WHERE f.seq = new.seq
    AND (shelf = 1 AND old.sales <> new.sales OR shelf = 2 AND old.collected_atomic <> new.collected_atomic
      OR shelf = 3 AND old.warm_until <> new.warm_until);
END;
--> statement-breakpoint
CREATE TRIGGER `works_mark` AFTER UPDATE ON `works` WHEN (old.sales = 0) <> (new.sales = 0)
  OR (old.collected_atomic = '0') <> (new.collected_atomic = '0') OR (old.warm_until = 0) <> (new.warm_until = 0) BEGIN
  DELETE FROM search WHERE rowid = (SELECT ordinal FROM works WHERE seq = new.seq);
  INSERT INTO search (rowid, title, summary, tags, facets)
    SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
    FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq WHERE f.seq = new.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `works_earn` AFTER UPDATE ON `works` WHEN old.minted <> new.minted OR old.sales <> new.sales
  OR old.collected_atomic <> new.collected_atomic OR old.royalties_atomic <> new.royalties_atomic BEGIN
  UPDATE creators SET minted = minted + new.minted - old.minted, sales = sales + new.sales - old.sales,
    collected_atomic = collected_atomic + CAST(new.collected_atomic AS INTEGER) - CAST(old.collected_atomic AS INTEGER),
    royalties_atomic = royalties_atomic + CAST(new.royalties_atomic AS INTEGER) - CAST(old.royalties_atomic AS INTEGER)
  WHERE creator = new.creator;
END;
--> statement-breakpoint
CREATE TRIGGER `works_renew` AFTER UPDATE ON `works` WHEN old.content_hash <> new.content_hash BEGIN
  DELETE FROM wordless WHERE seq = new.seq;
  INSERT INTO wordless (seq) SELECT new.seq
    WHERE NOT EXISTS (SELECT 1 FROM texts WHERE seq = new.seq AND content_hash = new.content_hash);
END;
--> statement-breakpoint
CREATE TRIGGER `texts_insert` AFTER INSERT ON `texts` BEGIN
  INSERT INTO facet_counts (facet, value, works) SELECT DISTINCT facet, lower(value), 1 FROM text_facets WHERE seq = new.seq
    ON CONFLICT (facet, value) DO UPDATE SET works = works + 1;
  INSERT INTO scratch (rowid, words) VALUES (1, replace(new.title || ' ' || new.summary, char(57344), ' ') || ' ' || new.tags);
  INSERT INTO words (word, works, magnitude, pieced)
    SELECT term, 1, 1, 0 FROM scratch_words WHERE length(term) BETWEEN 2 AND 40
    ON CONFLICT (word) DO UPDATE SET works = works + 1, magnitude = length(printf('%o', works + 1));
  INSERT INTO scratch (scratch) VALUES ('delete-all');
  DELETE FROM search WHERE rowid = (SELECT ordinal FROM works WHERE seq = new.seq);
  INSERT INTO search (rowid, title, summary, tags, facets)
    SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
    FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq WHERE f.seq = new.seq;
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = new.seq);
  INSERT INTO shelves (rowid, facets)
    SELECT p.place, f.tokens FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq WHERE f.seq = new.seq;
  DELETE FROM wordless WHERE seq = new.seq
    AND EXISTS (SELECT 1 FROM works WHERE seq = new.seq AND content_hash = new.content_hash);
END;
--> statement-breakpoint
CREATE TRIGGER `texts_before_update` BEFORE UPDATE ON `texts` BEGIN
  UPDATE facet_counts SET works = works - 1
    WHERE (facet, value) IN (SELECT facet, lower(value) FROM text_facets WHERE seq = old.seq);
  DELETE FROM facet_counts WHERE works = 0
    AND (facet, value) IN (SELECT facet, lower(value) FROM text_facets WHERE seq = old.seq);
  INSERT INTO scratch (rowid, words) VALUES (1, replace(old.title || ' ' || old.summary, char(57344), ' ') || ' ' || old.tags);
  UPDATE words SET works = works - 1, magnitude = length(printf('%o', works - 1))
    WHERE word IN (SELECT term FROM scratch_words);
  INSERT INTO scratch (scratch) VALUES ('delete-all');
END;
--> statement-breakpoint
CREATE TRIGGER `texts_after_update` AFTER UPDATE ON `texts` BEGIN
  INSERT INTO facet_counts (facet, value, works) SELECT DISTINCT facet, lower(value), 1 FROM text_facets WHERE seq = new.seq
    ON CONFLICT (facet, value) DO UPDATE SET works = works + 1;
  INSERT INTO scratch (rowid, words) VALUES (1, replace(new.title || ' ' || new.summary, char(57344), ' ') || ' ' || new.tags);
  INSERT INTO words (word, works, magnitude, pieced)
    SELECT term, 1, 1, 0 FROM scratch_words WHERE length(term) BETWEEN 2 AND 40
    ON CONFLICT (word) DO UPDATE SET works = works + 1, magnitude = length(printf('%o', works + 1));
  INSERT INTO scratch (scratch) VALUES ('delete-all');
  DELETE FROM search WHERE rowid = (SELECT ordinal FROM works WHERE seq = new.seq);
  INSERT INTO search (rowid, title, summary, tags, facets)
    SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
    FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq WHERE f.seq = new.seq;
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = new.seq);
  INSERT INTO shelves (rowid, facets)
    SELECT p.place, f.tokens FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq WHERE f.seq = new.seq;
  DELETE FROM wordless WHERE seq = new.seq
    AND EXISTS (SELECT 1 FROM works WHERE seq = new.seq AND content_hash = new.content_hash);
END;
--> statement-breakpoint
CREATE TRIGGER `texts_before_delete` BEFORE DELETE ON `texts` BEGIN
  UPDATE facet_counts SET works = works - 1
    WHERE (facet, value) IN (SELECT facet, lower(value) FROM text_facets WHERE seq = old.seq);
  DELETE FROM facet_counts WHERE works = 0
    AND (facet, value) IN (SELECT facet, lower(value) FROM text_facets WHERE seq = old.seq);
  INSERT INTO scratch (rowid, words) VALUES (1, replace(old.title || ' ' || old.summary, char(57344), ' ') || ' ' || old.tags);
  UPDATE words SET works = works - 1, magnitude = length(printf('%o', works - 1))
    WHERE word IN (SELECT term FROM scratch_words);
  INSERT INTO scratch (scratch) VALUES ('delete-all');
END;
--> statement-breakpoint
CREATE TRIGGER `texts_after_delete` AFTER DELETE ON `texts` BEGIN
  DELETE FROM search WHERE rowid = (SELECT ordinal FROM works WHERE seq = old.seq);
  INSERT INTO search (rowid, title, summary, tags, facets)
    SELECT f.ordinal, replace(t.title, char(57344), ' '), replace(t.summary, char(57344), ' '), t.tags, f.marks || f.tokens
    FROM facet_tokens f LEFT JOIN texts t ON t.seq = f.seq WHERE f.seq = old.seq;
  DELETE FROM shelves WHERE rowid IN (SELECT place FROM shelf_places WHERE seq = old.seq);
  INSERT INTO shelves (rowid, facets)
    SELECT p.place, f.tokens FROM facet_tokens f JOIN shelf_places p ON p.seq = f.seq WHERE f.seq = old.seq;
  INSERT OR IGNORE INTO wordless (seq) SELECT seq FROM works WHERE seq = old.seq;
END;
