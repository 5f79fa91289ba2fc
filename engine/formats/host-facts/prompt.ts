/** The line of a shell before an output: `$ ss -ltnp`, `[root@web-1 ~]# uname -a`, `root@web-1:~# sudo lsblk -J`. */
const COMMANDS =
  'aa-status|auditctl|cat|cryptsetup|df|dpkg|findmnt|getent|ip|lastlog|lsblk|lsof|mount|netstat|openssl|ps|rpm|semanage|sestatus|ss|sshd|sysctl|systemctl|uname|apparmor_status';
const PROMPT = new RegExp(
  String.raw`^(?:\[?[\w.-]+@[\w.-]+[^$#%]{0,80}|[\w.-]{0,40})[$#%>]\s?(?:sudo\s+)?(?:/\S*/)?(?:${COMMANDS})(?:\s|$)`,
);

/** True for a line in which somebody typed a command whose output is read here. */
export function isPrompt(line: string): boolean {
  return line.length < 300 && PROMPT.test(line);
}
