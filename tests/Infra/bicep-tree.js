// Prints the syntax trees of the Bicep files named as arguments: one JSON object, by file.
// The grammar (tree-sitter-bicep 1.1.0) does not know `extension name` yet; such a line is blanked first.
const { readFileSync } = require("node:fs");
const Parser = require("tree-sitter");
const Bicep = require("tree-sitter-bicep");

const parser = new Parser();
parser.setLanguage(Bicep);

const print = (node) => ({
  type: node.isError ? "ERROR" : node.isMissing ? "MISSING" : node.type,
  text: node.text,
  line: node.startPosition.row + 1,
  children: node.children.filter((child) => child.isNamed || child.isError || child.isMissing).map(print),
});

const trees = {};
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8").replace(/^extension \w+$/gm, (line) => " ".repeat(line.length));
  trees[file] = print(parser.parse(text).rootNode);
}

process.stdout.write(JSON.stringify(trees));
