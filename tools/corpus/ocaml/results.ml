(* What generated programs are made of: values by their terms, and results as JSON. *)

external custom_name : Obj.t -> string = "results_custom_name"
external bigarray : int -> int array -> Obj.t = "results_bigarray"
external open_out_descriptor : int -> out_channel = "caml_ml_open_descriptor_out"

(* --- values, each a new one --- *)

let value = Obj.repr
let text content = Obj.repr (Bytes.of_string content)
let alike count byte = Obj.repr (Bytes.make count byte)
let double bits = Obj.repr (Int64.float_of_bits bits)
let floats all = Obj.repr (Array.of_list (List.map Int64.float_of_bits all))
let boxed number = Obj.dup (Obj.repr number)
let repeated count make = List.init count (fun _ -> make ())

let block tag fields =
  let made = Obj.new_block tag (List.length fields) in
  List.iteri (Obj.set_field made) fields;
  made

let part whole index =
  if Obj.is_int whole || index >= Obj.size whole then failwith "no such field";
  Obj.field whole index

(* --- what the program does before it calls a primitive --- *)

let register_exception name =
  let made = block Obj.object_tag [value (Bytes.of_string name); value (-1)] in
  Callback.register name made

let register_function name = Callback.register name (fun argument -> argument)
let attempt call = try ignore (call ()) with _ -> ()

(* --- results --- *)

let deepest = 12
let longest = 1000

let quoted content =
  let escaped byte =
    match byte with
    | ' ' .. '~' when byte <> '"' && byte <> '\\' -> String.make 1 byte
    | _ -> Printf.sprintf "\\u%04x" (Char.code byte)
  in
  let shown = min longest (String.length content) in
  "\"" ^ String.concat "" (List.init shown (fun i -> escaped content.[i])) ^ "\""

let listed all = "[" ^ String.concat ", " all ^ "]"
let float number = Printf.sprintf {|{"float": "%h"}|} number

let opaque block name =
  Printf.sprintf {|{"tag": %d, "size": %d, "name": %s}|} (Obj.tag block) (Obj.size block)
    (quoted name)

let custom block =
  match custom_name block with
  | "_i" -> Printf.sprintf {|{"int32": %ld}|} (Obj.obj block)
  | "_j" -> Printf.sprintf {|{"int64": %Ld}|} (Obj.obj block)
  | "_n" -> Printf.sprintf {|{"nativeint": %nd}|} (Obj.obj block)
  | name -> opaque block name

let rec describe depth found =
  if Obj.is_int found then string_of_int (Obj.obj found)
  else
    let tag = Obj.tag found in
    if tag = Obj.string_tag then
      let content : string = Obj.obj found in
      Printf.sprintf {|{"text": %s, "length": %d}|} (quoted content) (String.length content)
    else if tag = Obj.double_tag then float (Obj.obj found)
    else if tag = Obj.custom_tag then custom found
    else if List.mem tag Obj.[abstract_tag; closure_tag; infix_tag; out_of_heap_tag] then
      opaque found ""
    else if depth = deepest || Obj.size found > longest then "null"
    else
      let field index =
        if tag = Obj.double_array_tag then float (Obj.double_field found index)
        else describe (depth + 1) (Obj.field found index)
      in
      let fields = List.init (Obj.size found) field in
      Printf.sprintf {|{"tag": %d, "fields": %s}|} tag (listed fields)

let raised exn =
  let exn = Obj.repr exn in
  let is_constant = Obj.tag exn = Obj.object_tag in
  let slot = if is_constant then exn else Obj.field exn 0 in
  let count = if is_constant then 0 else Obj.size exn - 1 in
  let argument index = describe 0 (Obj.field exn (index + 1)) in
  Printf.sprintf {|{"outcome": "raised", "exception": %s, "arguments": %s}|}
    (quoted (Obj.obj (Obj.field slot 0)))
    (listed (List.init count argument))

let outcome program =
  match program () with
  | result -> Printf.sprintf {|{"outcome": "returned", "result": %s}|} (describe 0 result)
  | exception exn -> raised exn

(* Memory that was used before: what a stub leaves uninitialised is not zero by chance. *)
let soil () =
  ignore (Sys.opaque_identity (List.init 200 (fun i -> Bytes.make (100 * i) '\xa5')));
  Gc.full_major ();
  ignore (Sys.opaque_identity (List.init 4000 (fun _ -> Bytes.make 200 '\x5a')))

(* The program's arguments: which one, where to tell of it, whether memory is soiled first. *)
let run programs =
  let program = List.nth programs (int_of_string Sys.argv.(1)) in
  let told = open_out_descriptor (int_of_string Sys.argv.(2)) in
  if bool_of_string Sys.argv.(3) then soil ();
  output_string told (outcome program);
  flush told
