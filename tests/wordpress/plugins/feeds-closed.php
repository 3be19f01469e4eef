<?php
// as plugins that "disable feeds" do it
foreach (['do_feed', 'do_feed_rdf', 'do_feed_rss', 'do_feed_rss2', 'do_feed_atom'] as $feed)
    add_action($feed, fn() => wp_die('Tidak ada feed di situs ini.', '', ['response' => 403]), 1);
