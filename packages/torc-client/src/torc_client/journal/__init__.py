"""Results that runners kept on disk because no server took them: how they are written, found and sent after all."""
