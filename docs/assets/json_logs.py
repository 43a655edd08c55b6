"""One JSON object a line of the log, with the session it belongs to."""

import json
import logging
from datetime import datetime, timezone

from gradio_webrtc import SessionLogFilter


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON; what Python cannot write as JSON becomes text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "session": getattr(record, "webrtc_id", None),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


handler = logging.StreamHandler()
handler.addFilter(SessionLogFilter())
handler.setFormatter(JsonFormatter())
logging.basicConfig(level=logging.INFO, handlers=[handler])
