<?php
// as security plugins do it: the REST API asks for a login
add_filter('rest_authentication_errors', fn() => new WP_Error('rest_login_required', 'REST API restricted to authenticated users.', ['status' => 401]));
