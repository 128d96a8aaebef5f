type t

type entry = { time : float; text : string }

external create : int -> t = "ringlog_create"
external add : t -> float -> string -> unit = "ringlog_add"
external get : t -> int -> entry option = "ringlog_get"
external texts : t -> string array = "ringlog_texts"
external set_hook : (string -> unit) -> unit = "ringlog_set_hook"
external save : t -> Unix.file_descr -> int = "ringlog_save"
external digest : string -> string = "ringlog_digest"
external digest_again : string -> string = "ringlog_digest_again"
