-- Hashes as bytes; then the views and triggers that stood aside: but for what is read of a creator, a hash and a base, as they were.
ALTER TABLE `texts` RENAME TO `texts_before`;
--> statement-breakpoint
CREATE TABLE `texts` (
	`seq` integer PRIMARY KEY NOT NULL,
	`content_hash` blob NOT NULL,
	`version` integer NOT NULL,
	`title` text NOT NULL,
	`summary` text NOT NULL,
	`tags` text NOT NULL,
	`language` text NOT NULL,
	`licence` text NOT NULL,
	`base_model_name` text NOT NULL,
	`base_model_sha256` blob NOT NULL,
	`has_adapter` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `texts` (seq, content_hash, version, title, summary, tags, language, licence, base_model_name, base_model_sha256, has_adapter)
  SELECT seq, unhex(content_hash), version, title, summary, tags, language, licence, base_model_name, unhex(base_model_sha256), has_adapter
  FROM `texts_before` ORDER BY 1;
--> statement-breakpoint
DROP TABLE `texts_before`;
--> statement-breakpoint
CREATE VIEW `work_facets` (seq, facet, value) AS
  SELECT w.seq, j.value ->> 0, j.value ->> 1 FROM works w, json_each(json_array(
    json_array('kind', kind), json_array('disclosure', disclosure), json_array('price', CAST((price_atomic >= 1) + (price_atomic >= 10000) + (price_atomic >= 20000) + (price_atomic >= 50000) + (price_atomic >= 100000) + (price_atomic >= 200000) + (price_atomic >= 500000) + (price_atomic >= 1000000) + (price_atomic >= 2000000) + (price_atomic >= 5000000) + (price_atomic >= 10000000) + (price_atomic >= 20000000) + (price_atomic >= 50000000) + (price_atomic >= 100000000) + (price_atomic >= 200000000) + (price_atomic >= 500000000) + (price_atomic >= 1000000000) AS TEXT)))) j;
--> statement-breakpoint
CREATE VIEW `text_facets` (seq, facet, value) AS
  SELECT t.seq, j.value ->> 0, j.value ->> 1 FROM texts t, json_each(json_array(
    json_array('language', CASE instr(language, '-') WHEN 0 THEN language ELSE substr(language, 1, instr(language, '-') - 1) END), json_array('licence', licence),
    json_array('base', lower(hex(base_model_sha256))), json_array('baseName', base_model_name),
    json_array('adapter', CASE WHEN has_adapter THEN 'yes' ELSE 'no' END))) j
  UNION ALL SELECT t.seq, 'tag', j.value FROM texts t, json_each(t.tags) j;
--> statement-breakpoint
CREATE VIEW `facet_tokens` (seq, ordinal, marks, tokens) AS
  SELECT w.seq, w.ordinal, CASE WHEN w.sales > 0 THEN char(57344) || 'shelf1 ' ELSE '' END
    || CASE WHEN w.collected_atomic <> '0' THEN char(57344) || 'shelf2 ' ELSE '' END
    || CASE WHEN w.warm_until > 0 THEN char(57344) || 'shelf3 ' ELSE '' END,
    char(57344) || 'kind' || hex(lower(w.kind)) || ' '
    || char(57344) || 'disclosure' || hex(lower(w.disclosure)) || ' '
    || char(57344) || 'creator' || hex('0x' || lower(hex(w.creator))) || ' '
    || char(57344) || 'price' || hex(lower(((price_atomic >= 1) + (price_atomic >= 10000) + (price_atomic >= 20000) + (price_atomic >= 50000) + (price_atomic >= 100000) + (price_atomic >= 200000) + (price_atomic >= 500000) + (price_atomic >= 1000000) + (price_atomic >= 2000000) + (price_atomic >= 5000000) + (price_atomic >= 10000000) + (price_atomic >= 20000000) + (price_atomic >= 50000000) + (price_atomic >= 100000000) + (price_atomic >= 200000000) + (price_atomic >= 500000000) + (price_atomic >= 1000000000))))
    || CASE WHEN t.seq IS NULL THEN '' ELSE ' ' || char(57344) || 'language' || hex(lower(CASE instr(t.language, '-') WHEN 0 THEN t.language ELSE substr(t.language, 1, instr(t.language, '-') - 1) END)) || ' '
    || char(57344) || 'licence' || hex(lower(t.licence)) || ' '
    || char(57344) || 'base' || hex(lower(hex(t.base_model_sha256))) || ' '
    || char(57344) || 'baseName' || hex(lower(t.base_model_name)) || ' '
    || char(57344) || 'adapter' || hex(lower(CASE WHEN t.has_adapter THEN 'yes' ELSE 'no' END))
    || coalesce((SELECT group_concat(' ' || char(57344) || 'tag' || hex(lower(value)), '') FROM json_each(t.tags)), '') END
  FROM works w LEFT JOIN texts t ON t.seq = w.seq;
--> statement-breakpoint
CREATE VIEW `shelf_places` (seq, shelf, place) AS
  SELECT seq, 0, ((CASE WHEN price_atomic < 68719476736 THEN price_atomic ELSE 68719476736 + (min(price_atomic, 281474976710655) >> 12) END) << 24) | ordinal FROM works
  UNION ALL SELECT seq, 1, (1 << 61) | (min(sales, 137438953471) << 24) | ordinal FROM works WHERE sales > 0
  UNION ALL SELECT seq, 2, (2 << 61) | ((CASE WHEN CAST(collected_atomic AS INTEGER) < 68719476736 THEN CAST(collected_atomic AS INTEGER) ELSE 68719476736 + (min(CAST(collected_atomic AS INTEGER), 281474976710655) >> 12) END) << 24) | ordinal FROM works WHERE collected_atomic <> '0'
  UNION ALL SELECT seq, 3, (3 << 61) | (min(warm_until, 137438953471) << 24) | ordinal FROM works WHERE warm_until > 0;
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
