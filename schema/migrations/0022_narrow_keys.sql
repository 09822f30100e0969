-- A work's row is found by its ordinal, which every hit of a search or a shelf names, without an index between them. The table is
-- made anew under its own name, since views and triggers of others read it; its triggers go with it and come back below.
CREATE TABLE `works_before` AS SELECT * FROM `works`;
--> statement-breakpoint
DROP TABLE `works`;
--> statement-breakpoint
CREATE TABLE `works` (
	`ordinal` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`work_id` text NOT NULL,
	`creator` text NOT NULL,
	`kind` text NOT NULL,
	`disclosure` text NOT NULL,
	`admission` text NOT NULL,
	`edition_cap` integer NOT NULL,
	`price_atomic` integer NOT NULL,
	`resale_royalty_bps` integer NOT NULL,
	`usage_royalty_bps` integer NOT NULL,
	`max_turn_fee_atomic` integer NOT NULL,
	`max_input_atomic` integer NOT NULL,
	`max_output_atomic` integer NOT NULL,
	`created_at` integer NOT NULL,
	`latest_version` integer NOT NULL,
	`content_hash` text NOT NULL,
	`minted` integer NOT NULL,
	`sales` integer NOT NULL,
	`last_price_atomic` text,
	`collected_atomic` text NOT NULL,
	`royalties_atomic` text NOT NULL,
	`warm_until` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
INSERT INTO `works` (ordinal, seq, work_id, creator, kind, disclosure, admission, edition_cap, price_atomic, resale_royalty_bps, usage_royalty_bps, max_turn_fee_atomic, max_input_atomic, max_output_atomic, created_at, latest_version, content_hash, minted, sales, last_price_atomic, collected_atomic, royalties_atomic, warm_until)
  SELECT ordinal, seq, work_id, creator, kind, disclosure, admission, edition_cap, price_atomic, resale_royalty_bps, usage_royalty_bps, max_turn_fee_atomic, max_input_atomic, max_output_atomic, created_at, latest_version, content_hash, minted, sales, last_price_atomic, collected_atomic, royalties_atomic, warm_until FROM `works_before` ORDER BY ordinal;
--> statement-breakpoint
DROP TABLE `works_before`;
--> statement-breakpoint
CREATE UNIQUE INDEX `works_seq_unique` ON `works` (`seq`);
--> statement-breakpoint
CREATE UNIQUE INDEX `works_work_id_unique` ON `works` (`work_id`);
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
-- Rows that are little more than their key stand in the order of it, once, not in a table and once more in an index.
ALTER TABLE `parents` RENAME TO `parents_before`;
--> statement-breakpoint
CREATE TABLE `parents` (
	`work_id` text NOT NULL,
	`parent_id` text NOT NULL,
	`share_bps` integer NOT NULL,
	`confirmed` integer NOT NULL,
	PRIMARY KEY(`work_id`, `parent_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `parents` (work_id, parent_id, share_bps, confirmed) SELECT work_id, parent_id, share_bps, confirmed FROM `parents_before` ORDER BY work_id, parent_id;
--> statement-breakpoint
DROP TABLE `parents_before`;
--> statement-breakpoint
CREATE INDEX `parents_by_parent` ON `parents` (`parent_id`,`work_id`);
--> statement-breakpoint
ALTER TABLE `admissions` RENAME TO `admissions_before`;
--> statement-breakpoint
CREATE TABLE `admissions` (
	`work_id` text NOT NULL,
	`operator` text NOT NULL,
	`admitted` integer NOT NULL,
	`effective_at` integer NOT NULL,
	`accepted_at` integer,
	PRIMARY KEY(`work_id`, `operator`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `admissions` (work_id, operator, admitted, effective_at, accepted_at) SELECT work_id, operator, admitted, effective_at, accepted_at FROM `admissions_before` ORDER BY work_id, operator;
--> statement-breakpoint
DROP TABLE `admissions_before`;
--> statement-breakpoint
CREATE INDEX `admissions_by_operator` ON `admissions` (`operator`);
--> statement-breakpoint
ALTER TABLE `holdings` RENAME TO `holdings_before`;
--> statement-breakpoint
CREATE TABLE `holdings` (
	`holder` text NOT NULL,
	`work_id` text NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	PRIMARY KEY(`holder`, `work_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `holdings` (holder, work_id, editions, opened_copies) SELECT holder, work_id, editions, opened_copies FROM `holdings_before` ORDER BY holder, work_id;
--> statement-breakpoint
DROP TABLE `holdings_before`;
--> statement-breakpoint
CREATE INDEX `holdings_by_work` ON `holdings` (`work_id`,`holder`);
