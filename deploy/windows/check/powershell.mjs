// Checks PowerShell scripts without a PowerShell: node powershell.mjs [--parse-only] FILE...
//
// Each file is parsed with tree-sitter's grammar; what does not parse is reported. Then the parameters of each command
// are held against cmdlets.json, or, for functions of the same file, against their own parameters. A command that neither
// knows is reported as well: a misspelt cmdlet is found nowhere else before a Windows host runs it.
//
// Exit 0: nothing found; 1: something found, one line each; 2: could not check.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Language, Parser } from 'web-tree-sitter';

// The grammar is a large program, of which a check runs little: the quick compiler makes it in half a second, the good one
// in ten. An engine that does not know the flag says so on standard error and goes on.
setFlagsFromString('--liftoff-only');

const here = dirname(fileURLToPath(import.meta.url));
const table = JSON.parse(readFileSync(join(here, 'cmdlets.json'), 'utf8'));

/** All nodes below a node, itself included, in the order of the text. */
function* walk(node) {
    yield node;
    for (const child of node.children) {
        yield* walk(child);
    }
}

function ofType(node, type) {
    return [...walk(node)].filter(each => each.type === type);
}

/** Cmdlet in lower case to {name, parameters in lower case}. */
function known() {
    const cmdlets = new Map();
    for (const module of Object.values(table.modules)) {
        for (const [name, entry] of Object.entries(module)) {
            const extra = [...table.common, ...(entry.shouldProcess ? table.shouldProcess : [])];
            const parameters = new Set([...entry.parameters, ...extra].map(each => each.toLowerCase()));
            cmdlets.set(name.toLowerCase(), { name, parameters });
        }
    }
    return cmdlets;
}

/** Adds the functions that a script defines. */
function addFunctions(root, cmdlets) {
    for (const definition of ofType(root, 'function_statement')) {
        const name = definition.namedChildren.find(each => each.type === 'function_name').text;
        const parameters = new Set(table.common.map(each => each.toLowerCase()));
        if (definition.text.includes('SupportsShouldProcess')) {
            table.shouldProcess.forEach(each => parameters.add(each.toLowerCase()));
        }
        for (const parameter of ofType(definition, 'script_parameter')) {
            const variable = parameter.namedChildren.find(each => each.type === 'variable');
            parameters.add(variable.text.slice(1).toLowerCase());
        }
        cmdlets.set(name.toLowerCase(), { name, parameters });
    }
}

/** What the grammar could not make sense of: the innermost places, since the outer ones say nothing more. */
function syntaxProblems(root) {
    return [...walk(root)]
        .filter(node => node.isMissing || (node.isError && !node.children.some(child => child.hasError)))
        .map(node => ({
            node,
            text: node.isMissing ? `missing ${node.type}` : `does not parse: ${node.text.slice(0, 60).split('\n')[0]}`,
        }));
}

function commandProblems(root, cmdlets) {
    const problems = [];
    for (const command of ofType(root, 'command')) {
        const nameNode = command.childForFieldName('command_name');
        // "& $program" and ". file" run something that is not a cmdlet.
        if (nameNode === null || nameNode.type !== 'command_name') {
            continue;
        }
        const entry = cmdlets.get(nameNode.text.toLowerCase());
        if (entry === undefined) {
            if (!table.programs.includes(nameNode.text.toLowerCase())) {
                problems.push({ node: nameNode, text: `${nameNode.text}: unknown command (expected: one of cmdlets.json)` });
            }
            continue;
        }
        const elements = command.childForFieldName('command_elements');
        const given = elements === null ? [] : elements.children.filter(each => each.type === 'command_parameter');
        for (const parameter of given) {
            const name = parameter.text.replace(/^-/, '').replace(/:$/, '');
            if (!entry.parameters.has(name.toLowerCase())) {
                problems.push({ node: parameter, text: `${entry.name} has no parameter -${name}` });
            }
        }
        problems.push(...splattedProblems(root, command, entry));
    }
    return problems;
}

/**
 * Keys of a hash table that is given to a command as @name, if it is written out as $name = @{...} in the same file. What a
 * block among its arguments gives to commands of its own is theirs.
 */
function splattedProblems(root, command, entry) {
    const problems = [];
    const elements = command.childForFieldName('command_elements');
    const names = (elements?.namedChildren ?? [])
        .map(each => each.text)
        .filter(each => /^@[A-Za-z]\w*$/.test(each))
        .map(each => each.slice(1).toLowerCase());
    for (const assignment of names.length === 0 ? [] : ofType(root, 'assignment_expression')) {
        const [left] = assignment.text.split('=', 1);
        if (!names.includes(left.trim().replace(/^\$/, '').toLowerCase())) {
            continue;
        }
        const literal = ofType(assignment, 'hash_literal_body')[0];
        for (const pair of literal?.namedChildren.filter(each => each.type === 'hash_entry') ?? []) {
            const key = pair.namedChildren[0].text.trim();
            if (!entry.parameters.has(key.toLowerCase())) {
                problems.push({ node: pair, text: `${entry.name} has no parameter -${key} (given by @${names[0]})` });
            }
        }
    }
    return problems;
}

/** What would work in one language or console only. */
function textProblems(source, file) {
    const problems = [];
    const row = source.split('\n').findIndex(line => /[^\x00-\x7f]/.test(line));
    if (row >= 0) {
        // Windows PowerShell 5.1 reads a file without a byte order mark in the code page of the host.
        problems.push(`${file}:${row + 1}: a character outside of ASCII`);
    }
    return problems;
}

async function main(args) {
    const parseOnly = args[0] === '--parse-only';
    const files = parseOnly ? args.slice(1) : args;
    if (files.length === 0) {
        console.error('powershell.mjs: no files given');
        return 2;
    }
    await Parser.init();
    const grammar = join(here, 'node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm');
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
    let found = 0;
    for (const file of files) {
        const source = readFileSync(file, 'utf8').replace(/\r\n/g, '\n');
        const root = parser.parse(source).rootNode;
        const problems = syntaxProblems(root);
        const lines = textProblems(source, file);
        if (problems.length === 0 && !parseOnly) {
            const cmdlets = known();
            addFunctions(root, cmdlets);
            problems.push(...commandProblems(root, cmdlets));
        }
        for (const { node, text } of problems) {
            lines.push(`${file}:${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${text}`);
        }
        if (root.hasError && lines.length === 0) {
            lines.push(`${file}: does not parse`);
        }
        lines.forEach(line => console.log(line));
        found += lines.length;
    }
    return found === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(error => {
    console.error(`powershell.mjs: ${error.message}`);
    return 2;
});
