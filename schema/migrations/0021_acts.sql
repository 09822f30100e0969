CREATE TABLE `acts` (
	`seq` integer NOT NULL,
	`work_id` text NOT NULL,
	`kind` text NOT NULL,
	`actor` text NOT NULL,
	`recipient` text,
	`quantity` integer,
	`version` integer,
	`at` integer NOT NULL,
	`tx` text NOT NULL,
	PRIMARY KEY(`seq`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `acts_by_work` ON `acts` (`work_id`,`seq`);--> statement-breakpoint
CREATE INDEX `acts_by_actor` ON `acts` (`actor`,`seq`);--> statement-breakpoint
CREATE INDEX `acts_by_recipient` ON `acts` (`recipient`,`seq`);--> statement-breakpoint
CREATE TABLE `holders` (
	`holder` text PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	`purchases` integer NOT NULL,
	`spent_atomic` text NOT NULL,
	`resales` integer NOT NULL,
	`sold_atomic` text NOT NULL,
	`first_seen_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `listings_by_seller`;--> statement-breakpoint
CREATE INDEX `listings_by_age` ON `listings` (`work_id`,`posted_at`);--> statement-breakpoint
CREATE INDEX `listings_by_seller` ON `listings` (`seller`,`posted_at`);--> statement-breakpoint
DROP INDEX `offers_by_buyer`;--> statement-breakpoint
CREATE INDEX `offers_by_age` ON `offers` (`work_id`,`posted_at`);--> statement-breakpoint
CREATE INDEX `offers_by_buyer` ON `offers` (`buyer`,`posted_at`);
--> statement-breakpoint
-- What was indexed before has no acts and no holders: the chain is read again from the ledger's first block.
-- A table on whose rows no trigger waits is emptied at once, however many it has: those three come back below.
DROP TRIGGER `works_delete`;
--> statement-breakpoint
DROP TRIGGER `texts_before_delete`;
--> statement-breakpoint
DROP TRIGGER `texts_after_delete`;
--> statement-breakpoint
INSERT INTO `search` (`search`) VALUES ('delete-all');
--> statement-breakpoint
INSERT INTO `shelves` (`shelves`) VALUES ('delete-all');
--> statement-breakpoint
DELETE FROM `texts`;
--> statement-breakpoint
DELETE FROM `works`;
--> statement-breakpoint
DELETE FROM `creators`;
--> statement-breakpoint
DELETE FROM `facet_counts`;
--> statement-breakpoint
DELETE FROM `wordless`;
--> statement-breakpoint
DELETE FROM `words`;
--> statement-breakpoint
DELETE FROM `word_pieces`;
--> statement-breakpoint
DELETE FROM `versions`;
--> statement-breakpoint
DELETE FROM `parents`;
--> statement-breakpoint
DELETE FROM `admissions`;
--> statement-breakpoint
DELETE FROM `holdings`;
--> statement-breakpoint
DELETE FROM `trades`;
--> statement-breakpoint
DELETE FROM `collections`;
--> statement-breakpoint
DELETE FROM `earnings`;
--> statement-breakpoint
DELETE FROM `earning_sums`;
--> statement-breakpoint
DELETE FROM `operators`;
--> statement-breakpoint
DELETE FROM `makers`;
--> statement-breakpoint
DELETE FROM `nonces`;
--> statement-breakpoint
DELETE FROM `fees`;
--> statement-breakpoint
DELETE FROM `totals`;
--> statement-breakpoint
DELETE FROM `words_due`;
--> statement-breakpoint
DELETE FROM `blocks`;
--> statement-breakpoint
DELETE FROM `journal`;
--> statement-breakpoint
DELETE FROM `cursor`;
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
