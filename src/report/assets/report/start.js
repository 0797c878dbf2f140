// Without these scripts nothing is lost: a picture's link opens the file, names lead to the players, tables keep their order.
"use strict";
