"""Starting, watching and stopping the processes of one Reprise machine. Standard library only; no Django."""
