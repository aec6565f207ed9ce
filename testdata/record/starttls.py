"""A server that turns to TLS as SMTP, POP3, IMAP, FTP and PostgreSQL do, then answers one line: starttls.py KEY CERTIFICATE."""
import socket
import ssl
import sys
import threading

DIALOGUES = {  # port: greeting, lines that are answered until TLS begins, what TLS begins with
    25: (b'220 mail.example.test ESMTP\r\n', {b'EHLO': b'250-mail.example.test\r\n250 STARTTLS\r\n'}, b'STARTTLS', b'220 Ready\r\n'),
    110: (b'+OK ready\r\n', {b'CAPA': b'+OK\r\nSTLS\r\n.\r\n'}, b'STLS', b'+OK begin\r\n'),
    143: (b'* OK ready\r\n', {b'. CAPABILITY': b'* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK\r\n'}, b'. STARTTLS', b'. OK begin\r\n'),
    21: (b'220 ready\r\n', {b'FEAT': b'211-Features:\r\n AUTH TLS\r\n211 End\r\n'}, b'AUTH TLS', b'234 Begin\r\n'),
    5432: (b'', {}, b'\0\0\0\x08\x04\xd2\x16\x2f', b'S'),
}


def talk(plain, context, greeting, answers, begin, agreed):
    plain.sendall(greeting)
    while True:
        line = plain.recv(4096)
        if not line:
            return
        if line.startswith(begin):
            plain.sendall(agreed)
            break
        plain.sendall(next((a for word, a in answers.items() if line.startswith(word)), b'500 what?\r\n'))
    with context.wrap_socket(plain, server_side=True) as secret:
        if secret.recv(4096):
            secret.sendall(b'221 bye\r\n')


def serve(port, context):
    with socket.create_server(('', port)) as listener:
        while True:
            plain, _ = listener.accept()
            try:
                talk(plain, context, *DIALOGUES[port])
            except OSError:
                pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[1])
threads = [threading.Thread(target=serve, args=(port, context)) for port in DIALOGUES]
for thread in threads:
    thread.start()
