<?php
// robots.txt closes one category
add_filter('robots_txt', fn($text) => str_replace("Disallow: /wp-admin/\n", "Disallow: /wp-admin/\nDisallow: /internal/\n", $text));
