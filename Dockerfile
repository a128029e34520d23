FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
# collectstatic needs settings that load, not secrets.
RUN python manage.py collectstatic --no-input && useradd --system pooltrackr && chown pooltrackr var
USER pooltrackr
CMD ["gunicorn", "pooltrackr.wsgi", "--bind", "0.0.0.0:8000", "--no-control-socket"]
