# Plants all bugs of the list into a copy of the sources: awk -v tree=FOLDER -v bugs=FOLDER -f plant.awk *.bugs
#
# Changes the files below `tree`, and leaves in `bugs` a folder per bug with what `run` needs: tests, broken, survives.

function fail(text) {
    print "planted bugs: " text >"/dev/stderr"
    failed = 1
    exit 2
}

# What a file of the tree has, and has had planted so far.
function load(file, line, path, all) {
    if (file in content) return
    path = tree "/" file
    all = ""
    while ((status = (getline line <path)) > 0) all = all line "\n"
    if (status < 0) fail(name ": there is no file " file)
    close(path)
    content[file] = all
}

function plant(place, rest, module) {
    if (original == "") return
    sub(/\n+$/, "\n", original)
    sub(/\n+$/, "\n", planted)
    gsub(/PLANTED/, "isPlanted(\"" name "\")", planted)
    load(file)
    place = index(content[file], original)
    if (!place) fail(name ": " file " doesn't have the lines of its original, or another bug has changed them")
    rest = substr(content[file], place + length(original))
    if (index(rest, original)) fail(name ": " file " has the lines of its original more than once")
    content[file] = substr(content[file], 1, place - 1) planted rest
    split(file, module, "/")
    modules[module[1] "/" module[2]] = 1
    original = planted = ""
}

function note(what, text) {
    print text >(bugs "/" name "/" what)
    close(bugs "/" name "/" what)
}

FNR == 1 { plant(); part = "" }
/^=== / {
    plant()
    name = $2
    if (name in names) fail("there are two bugs " name)
    names[name] = 1
    system("mkdir -p " bugs "/" name)
    print name >(bugs "/names")
    part = "head"
    next
}
/^--- original$/ { plant(); part = "original"; next }
/^--- planted$/ { if (part != "original") fail(name ": planted without an original"); part = "planted"; next }
/^File: / && part != "original" { plant(); file = $2; part = "head"; next }
part == "original" { original = original $0 "\n"; next }
part == "planted" { planted = planted $0 "\n"; next }
part == "head" && /^Broken: / { note("broken", substr($0, 9)); next }
part == "head" && /^Tests: / { note("tests", substr($0, 8)); next }
part == "head" && /^Survives: / { note("survives", substr($0, 11)); next }
NF { fail(FILENAME ":" FNR ": neither Broken:, File:, Tests:, Survives: nor a place: " $0) }

END {
    if (failed) exit 2
    plant()
    for (file in content) printf "%s", content[file] >(tree "/" file)
    for (module in modules) {
        path = tree "/" module "/PlantedBug.swift"
        print "import Glibc\n" >path
        print "private let plantedBug: String? = getenv(\"PLANTED_BUG\").map { String(cString: $0) }\n" >path
        print "func isPlanted(_ name: String) -> Bool { plantedBug == name }" >path
    }
}
