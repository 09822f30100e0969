CREATE VIRTUAL TABLE `search` USING fts5(title, summary, tags, content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `search_insert` AFTER INSERT ON `texts` BEGIN
  INSERT INTO `search`(rowid, title, summary, tags) VALUES (new.seq, new.title, new.summary, new.tags);
END;
--> statement-breakpoint
CREATE TRIGGER `search_delete` AFTER DELETE ON `texts` BEGIN
  DELETE FROM `search` WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `search_update` AFTER UPDATE ON `texts` BEGIN
  DELETE FROM `search` WHERE rowid = old.seq;
  INSERT INTO `search`(rowid, title, summary, tags) VALUES (new.seq, new.title, new.summary, new.tags);
END;
