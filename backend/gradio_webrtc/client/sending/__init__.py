"""What a call sends: sound and pictures of files, arrays, generators and devices."""
