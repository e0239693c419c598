// A custom handler that behaves as the functions' names say; what it gets, it prints as JSON lines.
const http = require('node:http');

const say = (line) => console.log(JSON.stringify(line));
const answers = {
  '/Nothing': (res) => res.writeHead(200).end(),
  '/Text': (res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('fine'),
  '/Refusal': (res) => res.writeHead(400, { 'content-type': 'application/json' }).end('{}'),
  '/Object': (res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{"Logs":["a line of the handler"]}'),
  '/Often': (res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  '/api/slow': () => {},
  '/api/end': () => process.exit(0),
};

say({ environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('FUNCTIONS_'))) });
http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => {
    say({ method: request.method, url: request.url, headers: request.headers, body });
    (answers[request.url] ?? ((other) => other.writeHead(200).end()))(response);
  });
}).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
